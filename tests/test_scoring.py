"""Scoring: pure functions from outcomes to points."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.records import Counterexample, Deduction, Isolation, Outcome, Provenance, Report, Status
from grader.rubric import CheckEntry, Problem, Topic
from grader.sandbox.limits import Limits
from grader.scoring import has_grader_error, percent, score

PROVENANCE = Provenance("1", "0" * 64, 0, {"numpy": "2"})
ISOLATION = Isolation("full", {"seccomp": True})


def check(
    name: str,
    points: float,
    kind: Any = "property",
    visibility: Any = "public",
    deduction: float = 0.0,
    topic: str = "t",
) -> CheckEntry:
    return CheckEntry(
        f"{topic}.{name}", name, kind, ("f",), points, visibility, 5, True, Limits(), {}, "", "",
        deduction=deduction,
    )  # fmt: skip


def topic(*problems: Problem, name: str = "t", homework: str = "hw") -> Topic:
    return Topic(name, homework, "T", (), {}, problems, max_deduction=1.0)


def graded(*built: Topic, outcomes: list[Outcome], **options: Any) -> Report:
    return score(
        {one: tuple(entry.id for entry in one.checks) for one in built},
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

    report = graded(topic(REGULAR, EXTRA, MANUAL), outcomes=outcomes)

    assert (report.score, report.max_score) == (6, 10)
    assert (report.extra_credit, report.max_extra_credit) == (2.5, 5)
    assert report.pending == 3
    assert percent(report) == 60


def test_points_given_by_hand_join_the_score() -> None:
    report = graded(topic(MANUAL), outcomes=[Outcome("t.m", Status.PENDING)], manual={"t.m": 2})

    assert (report.score, report.max_score, report.pending) == (2, 3, 0)


def test_a_check_without_an_outcome_is_the_graders_error() -> None:
    report = graded(topic(REGULAR), outcomes=[Outcome("t.x", Status.PASSED, 1.0)])

    assert has_grader_error(report)
    assert report.score == 6


def test_a_hidden_check_tells_nothing_but_passed_or_not() -> None:
    hidden = Problem("a", "Q1", "part", 4, False, (check("x", 4, visibility="hidden"),))
    secret = Counterexample("secret", "secret", "secret", "secret")
    outcome = Outcome("t.x", Status.FAILED, 0, "secret", secret, ("secret",), "secret", 12.34)

    report = graded(topic(hidden), outcomes=[outcome])

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

    report = graded(topic(REGULAR), outcomes=outcomes)

    assert 0 <= report.score <= report.max_score <= 10


def test_nothing_to_grade_is_full_marks_of_nothing() -> None:
    assert percent(graded(topic(MANUAL), outcomes=[Outcome("t.m", Status.PENDING)])) == 100


def policy(
    name: str, deduction: float, extra_credit: bool = False, points: float = 4, topic: str = "t"
) -> Problem:
    """A part with a check that has points and a policy that takes some off."""
    checks = (
        check(f"work_{name}", points, topic=topic),
        check(name, 0, "policy", deduction=deduction, topic=topic),
    )
    return Problem(f"p_{name}", "Q", "part", points, extra_credit, checks)


def broken(
    name: str, topic: str = "t", status: Status = Status.FAILED, share: float = 1.0
) -> list[Outcome]:
    """The outcomes of such a part: its work right, or a share of it, and its policy not kept."""
    work = Outcome(f"{topic}.work_{name}", Status.PASSED, share)
    return [work, Outcome(f"{topic}.{name}", status, message=f"{name} is broken\nmore")]


def test_a_broken_policy_takes_its_points_off_with_its_reason() -> None:
    report = graded(topic(policy("a", 0.5)), outcomes=broken("a"))

    assert (report.score, report.max_score) == (3.5, 4)
    assert report.deductions == (Deduction("hw", 0.5, False, ("t.a",), "a is broken"),)
    assert sum(problem.points for problem in report.problems) == 4


def test_a_policy_that_is_kept_or_was_not_judged_takes_nothing_off() -> None:
    for status in set(Status) - {Status.FAILED}:
        report = graded(topic(policy("a", 1)), outcomes=broken("a", status=status))

        assert (report.score, report.deductions) == (4, ())


def test_a_homework_loses_no_more_than_its_limit_however_many_topics_break_it() -> None:
    topics = [topic(policy("a", 1, topic=name), name=name) for name in ("t", "u", "v")]
    outcomes = [outcome for one in topics for outcome in broken("a", topic=one.name)]

    report = graded(*topics, outcomes=outcomes)

    assert report.score == 11
    (found,) = report.deductions
    assert found.checks == ("t.a", "u.a", "v.a")


def test_each_homework_has_its_own_limit() -> None:
    topics = [topic(policy("a", 1, topic=n), name=n, homework=f"hw_{n}") for n in ("t", "u")]
    outcomes = [outcome for one in topics for outcome in broken("a", topic=one.name)]

    report = graded(*topics, outcomes=outcomes)

    assert report.score == 6
    assert [found.homework for found in report.deductions] == ["hw_t", "hw_u"]


def test_nobody_falls_below_nothing() -> None:
    report = graded(topic(policy("a", 1)), outcomes=broken("a", share=0.1))

    assert report.score == 0
    assert report.deductions[0].points == 0.4


def test_extra_credit_pays_for_its_own_parts_within_the_same_limit() -> None:
    bonus = policy("b", 1, extra_credit=True)
    alone = graded(topic(policy("a", 0.5), bonus), outcomes=[*broken("a")[:1], *broken("b")])
    both = graded(topic(policy("a", 0.5), bonus), outcomes=broken("a") + broken("b"))

    assert (alone.score, alone.extra_credit) == (4, 3)
    assert (both.score, both.extra_credit) == (3.5, 3.5)


def test_points_given_by_hand_can_pay_a_deduction() -> None:
    built = topic(
        MANUAL, Problem("r", "Q", "rules", 0, False, (check("r", 0, "policy", deduction=1),))
    )
    outcomes = [Outcome("t.m", Status.PENDING), Outcome("t.r", Status.FAILED, message="why")]

    assert graded(built, outcomes=outcomes).score == 0
    assert graded(built, outcomes=outcomes, manual={"t.m": 2}).score == 1


@given(
    st.lists(
        st.tuples(st.booleans(), st.floats(0, 1), st.floats(0, 1), st.sampled_from(list(Status))),
        min_size=1,
        max_size=4,
    )
)
def test_score_and_parts_differ_by_the_deductions(
    found: list[tuple[bool, float, float, Status]],
) -> None:
    parts = [policy(f"p{n}", cost, extra) for n, (extra, cost, _, _) in enumerate(found)]
    outcomes = [
        outcome
        for n, (_, _, share, status) in enumerate(found)
        for outcome in broken(f"p{n}", status=status, share=share)
    ]

    report = graded(topic(*parts), outcomes=outcomes)

    taken = sum(deduction.points for deduction in report.deductions)
    whole = sum(problem.points for problem in report.problems)
    assert report.score + report.extra_credit + taken == pytest.approx(whole, abs=1e-3)
    assert taken <= 1
    assert report.score >= 0
    assert report.extra_credit >= 0
