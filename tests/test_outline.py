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

    def test_a_table_that_is_filled_key_by_key_has_all_of_it(self) -> None:
        found = outline(b"import numpy as np\n\nT = {}\nT['a'] = np.dot\nT['b'] = np.inner\n")

        assert found["assigned"]["T"] == ["numpy", "numpy.dot", "numpy.inner"]

    def test_a_class_has_its_bases_and_the_values_in_its_body(self) -> None:
        source = (
            "from numpy.linalg import pinv\n\n\nclass Fit(Base):\n    solve = staticmethod(pinv)\n"
            "    tries: int = LIMIT\n\n    def f(self):\n        return other()\n"
        )

        found = outline(source.encode())

        assert found["assigned"]["Fit"] == ["Base", "LIMIT", "numpy.linalg.pinv", "staticmethod"]

    @pytest.mark.parametrize(
        "body",
        [
            "pinv = inv(A)\n    return pinv @ A",
            "for pinv in A:\n        A = pinv()",
            "def pinv(x):\n        return x\n    return pinv(A)",
            "return [pinv for pinv in A]",
            "return (lambda pinv: pinv)(A)",
        ],
    )
    def test_what_a_function_names_itself_is_no_use_of_a_library(self, body: str) -> None:
        found = outline(f"from numpy.linalg import pinv\n\n\ndef f(A):\n    {body}\n".encode())

        assert not {"pinv", "numpy.linalg.pinv"} & {
            *found["functions"]["f"]["names"],
            *found["functions"]["f"]["calls"],
        }

    @pytest.mark.parametrize(
        "body",
        [
            "pinv = numpy.linalg.pinv\n    return pinv(A)",
            "from numpy.linalg import pinv\n    return pinv(A)",
            "global pinv\n    pinv = numpy.linalg.pinv",
            "inverse = numpy.linalg\n    return inverse.pinv(A)",
        ],
    )
    def test_a_library_function_under_an_own_name_is_still_used(self, body: str) -> None:
        found = outline(f"import numpy\n\n\ndef f(A):\n    {body}\n".encode())

        assert any(name.endswith(".pinv") for name in found["functions"]["f"]["names"])
