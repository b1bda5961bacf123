"""What of a report must be the same each time, and how a change is told."""

from dataclasses import replace

import pytest
from rich.console import Console

from grader.author.audit_table import print_flaky
from grader.author.cases import Case
from grader.author.sameness import Flaky, lasting
from grader.records import Outcome, Status
from grader.rubric import load_rubric

OUTCOME = Outcome(
    "hw5_pca.some", Status.PASSED, 1.0, notes=("accuracy 0.917",), seconds=2.0, used={"why": 0.5}
)


def _case(source: str) -> Case:
    topic = load_rubric().topic("hw5_pca")
    return Case(topic, "wheat", "some", {"hw5_pca.py": source.encode()}, ())


def test_all_but_seconds_must_last() -> None:
    case = _case("rng = np.random.default_rng(seed)\ntorch.manual_seed(0)\nRandomState(1)\n")
    assert lasting(case, OUTCOME) == replace(OUTCOME, seconds=0.0)


@pytest.mark.parametrize(
    "source",
    [
        "generator.seed()",
        "np.random.default_rng()",
        "np.random.default_rng(None)",
        "np.random.RandomState()",
        "random.SystemRandom().random()",
        "os.urandom(8)",
        "np.random.seed()",
    ],
)
def test_what_a_submission_with_its_own_entropy_measures_may_differ(source: str) -> None:
    case = _case(f"{source}\n")
    other = replace(OUTCOME, notes=("accuracy 0.925",), used={"why": 0.4})
    assert lasting(case, OUTCOME) == lasting(case, other)
    for changed in (
        replace(OUTCOME, status=Status.FAILED),
        replace(OUTCOME, fraction=0.5),
        replace(OUTCOME, message="a word"),
    ):
        assert lasting(case, OUTCOME) != lasting(case, changed)


def test_a_change_is_told_by_its_fields() -> None:
    console = Console(record=True, width=100)
    other = replace(OUTCOME, notes=("accuracy 0.925",))
    print_flaky(console, [Flaky("wheat some", OUTCOME.check, 3, OUTCOME, other)], 8, 20)
    told = console.export_text()
    assert "FLAKY hw5_pca.some of wheat some, run 3" in told
    assert "notes: ('accuracy 0.917',) -> ('accuracy 0.925',)" in told
    assert "status" not in told
    assert "8 submissions, 20 times each: 1 verdicts changed" in told


def test_a_change_far_into_a_long_field_is_shown() -> None:
    console = Console(record=True, width=1000)
    long = replace(OUTCOME, message="x" * 5000 + "before")
    other = replace(OUTCOME, message="x" * 5000 + "after")
    print_flaky(console, [Flaky("wheat some", OUTCOME.check, 3, long, other)], 8, 20)
    told = console.export_text()
    assert "xbefore -> xx" in told
    assert "xafter" in told
    assert len(told) < 500
