"""The outline of a source, which policies read: lines of code, comments, stubs, names."""

import pytest

from grader.sandbox.outline import outline


class TestOutline:
    def test_lines_of_code_are_those_that_hold_code(self) -> None:
        source = (
            '"""Doc.\n\nMore.\n"""\n\nx = """a\nb"""  # c\n# d\n\n\n'
            'def f():\n    "Doc."\n    return x\n'
        )

        found = outline(source.encode())

        assert (found["code_lines"], found["comments"], found["docstrings"]) == (4, 2, 2)

    @pytest.mark.parametrize(
        ("body", "stub"),
        [
            ("raise NotImplementedError", True),
            ('raise NotImplementedError("Q1")', True),
            ('"""Doc."""\n    raise NotImplementedError("Q1")', True),
            ("pass", False),
            ("x = 1\n    raise NotImplementedError", False),
            ("raise ValueError", False),
            ("raise", False),
        ],
    )
    def test_a_stub_raises_and_does_nothing_else(self, body: str, stub: bool) -> None:
        found = outline(f"def f():\n    {body}\n".encode())

        assert found["functions"]["f"]["stub"] is stub

    def test_names_given_at_the_top_level_are_followed(self) -> None:
        found = outline(b"import numpy as np\n\nSOLVE: object = np.linalg.solve\nA = B = [SOLVE]\n")

        assert found["assigned"]["SOLVE"] == ["numpy", "numpy.linalg", "numpy.linalg.solve"]
        assert found["assigned"]["A"] == found["assigned"]["B"] == ["SOLVE"]
