"""Scoring: pure functions from outcomes to points."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from grader.records import Counterexample, Isolation, Outcome, Provenance, Report, Status
from grader.rubric import CheckEntry, Problem, Topic
from grader.sandbox.limits import Limits
from grader.scoring import has_grader_error, percent, score

PROVENANCE = Provenance("1", "0" * 64, 0, {"numpy": "2"})
ISOLATION = Isolation("full", {"seccomp": True})


def check(
    name: str, points: float, kind: Any = "property", visibility: Any = "public"
) -> CheckEntry:
    return CheckEntry(
        f"t.{name}", name, kind, ("f",), points, visibility, 5, True, Limits(), {}, "", ""
    )


def topic(*problems: Problem) -> Topic:
    return Topic("t", "hw", "T", (), {}, problems)


def graded(built: Topic, outcomes: list[Outcome], **options: Any) -> Report:
    wanted = tuple(entry.id for entry in built.checks)
    return score(
        {built: wanted},
        {outcome.check: outcome for outcome in outcomes},
        name="s",
        sha256="0" * 64,
        provenance=PROVENANCE,
        isolation=ISOLATION,
        seconds=1.0,
        **options,
    )


REGULAR = Problem("a", "Q1", "part", 10, False, (check("x", 6), check("y", 4)))
EXTRA = Problem("b", "Q2", "bonus", 5, True, (check("z", 5),))
MANUAL = Problem("c", "Q3", "essay", 3, False, (check("m", 3, "manual"),))


def test_extra_credit_and_pending_stand_beside_the_score() -> None:
    outcomes = [
        Outcome("t.x", Status.PASSED, 1.0),
        Outcome("t.y", Status.FAILED),
        Outcome("t.z", Status.PASSED, 0.5),
        Outcome("t.m", Status.PENDING),
    ]

    report = graded(topic(REGULAR, EXTRA, MANUAL), outcomes)

    assert (report.score, report.max_score) == (6, 10)
    assert (report.extra_credit, report.max_extra_credit) == (2.5, 5)
    assert report.pending == 3
    assert percent(report) == 60


def test_points_given_by_hand_join_the_score() -> None:
    report = graded(topic(MANUAL), [Outcome("t.m", Status.PENDING)], manual={"t.m": 2})

    assert (report.score, report.max_score, report.pending) == (2, 3, 0)


def test_a_check_without_an_outcome_is_the_graders_error() -> None:
    report = graded(topic(REGULAR), [Outcome("t.x", Status.PASSED, 1.0)])

    assert has_grader_error(report)
    assert report.score == 6


def test_a_hidden_check_tells_nothing_but_passed_or_not() -> None:
    hidden = Problem("a", "Q1", "part", 4, False, (check("x", 4, visibility="hidden"),))
    secret = Counterexample("secret", "secret", "secret", "secret")
    outcome = Outcome("t.x", Status.FAILED, 0, "secret", secret, ("secret",), "secret", 12.34)

    report = graded(topic(hidden), [outcome])

    assert "secret" not in repr(report)
    assert report.problems[0].checks[0].seconds == 0


@given(st.lists(st.tuples(st.sampled_from(list(Status)), st.floats(0, 1)), min_size=2, max_size=2))
def test_no_outcome_gives_more_than_the_maximum_or_less_than_nothing(
    found: list[tuple[Status, float]],
) -> None:
    outcomes = [
        Outcome(name, status, fraction if status is Status.PASSED else 0.0)
        for name, (status, fraction) in zip(("t.x", "t.y"), found, strict=True)
    ]

    report = graded(topic(REGULAR), outcomes)

    assert 0 <= report.score <= report.max_score <= 10


def test_nothing_to_grade_is_full_marks_of_nothing() -> None:
    assert percent(graded(topic(MANUAL), [Outcome("t.m", Status.PENDING)])) == 100
