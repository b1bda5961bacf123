"""What a check's outcome depends on, as hashes, and the rubric as a run had it."""

from pathlib import Path

import pytest

from grader.batch import conditions, snapshot
from grader.batch.conditions import check_hashes
from grader.rubric import load_rubric


def test_the_rubric_comes_back_from_a_gradebook_as_it_was() -> None:
    chosen = load_rubric().select("hw5", ())

    text = snapshot.to_json(chosen)
    back = snapshot.from_json(text)

    assert snapshot.to_json(back) == text
    for before, after in zip(chosen, back, strict=True):
        assert (before.problems, before.preload, before.functions) == (
            after.problems, after.preload, after.functions,
        )  # fmt: skip


MODULE = """
import numpy as np
from grader.checks.support.laws import law

# shared
LIMIT = 1

def test_one(submission):
    assert LIMIT

@given(1)
def test_two(submission):
    # why
    assert LIMIT
"""


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("# why", "# because", {"two"}),
        ("@given(1)", "@given(2)", {"two"}),
        ("(submission):\n    assert", "(submission):\n    return\n    assert", {"one"}),
        ("LIMIT = 1", "LIMIT = 2", {"one", "two"}),
        ("\n\n# shared", "\n\n\n# shared", set()),
    ],
)
def test_a_check_is_known_by_its_code_and_what_it_shares(
    tmp_path: Path, old: str, new: str, changed: set[str]
) -> None:
    path = tmp_path / "topic.py"
    path.write_text(MODULE)
    before = check_hashes(path)
    path.write_text(MODULE.replace(old, new, 1))

    after = check_hashes(path)

    assert {name for name in after if after[name] != before[name]} == changed


def test_a_check_is_known_by_the_modules_that_it_imports(tmp_path: Path) -> None:
    (tmp_path / "support").mkdir()
    (tmp_path / "support" / "laws.py").write_text("from grader.checks.support import deep\n")
    for content in ("A = 1", "A = 2"):
        (tmp_path / "support" / "deep.py").write_text(content)
        (tmp_path / "topic.py").write_text(MODULE)
        found = check_hashes(tmp_path / "topic.py")
        assert found.keys() == {"one", "two"}
        if content == "A = 1":
            before = found

    assert all(found[name] != before[name] for name in found)


def test_a_check_taken_from_another_module_is_known_by_its_code_there(tmp_path: Path) -> None:
    (tmp_path / "support").mkdir()
    (tmp_path / "topic.py").write_text(
        "from grader.checks.support.policies import test_rule as test_rule\n"
        "def test_own(submission):\n    pass\n"
    )
    found = []
    for rule, other in (("1", "1"), ("2", "1"), ("2", "2")):
        (tmp_path / "support" / "policies.py").write_text(
            f"def test_rule(submission):\n    {rule}\ndef test_other(submission):\n    {other}\n"
        )
        found.append(check_hashes(tmp_path / "topic.py"))

    assert [set(one) for one in found] == [{"rule", "own"}] * 3
    assert found[0]["rule"] != found[1]["rule"] == found[2]["rule"]
    assert found[0]["own"] == found[1]["own"] == found[2]["own"]


def test_every_check_of_the_rubric_has_its_code() -> None:
    chosen = load_rubric().select(None, ())

    found = conditions.conditions(chosen, 0)

    assert found.keys() == {check for ids in chosen.values() for check in ids}
