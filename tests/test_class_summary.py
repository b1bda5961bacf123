"""The figures of a class: marks, parts, discrimination, misconceptions, who needs a person."""

import math
from dataclasses import replace

import pytest
import scipy.stats
from classes import F, P, answers, grade, small_class, summary_of, wrong
from hypothesis import given, settings
from hypothesis import strategies as st
from reports import check, problem, report

from grader.errors import UsageError
from grader.instructor.marks import LatePolicy, mark
from grader.instructor.summary import discrimination
from grader.records import Status


@pytest.mark.parametrize(
    ("days", "percent"), [(0, 0), (1, 0), (2, 10), (2.5, 15), (4, 30), (9, 35), (99, 35)]
)
def test_late_days_cost_percent_a_day_after_the_free_ones_up_to_a_cap(
    days: float, percent: float
) -> None:
    policy = LatePolicy(percent_per_day=10, cap_percent=35, free_days=1)

    assert policy.percent(days) == percent


@pytest.mark.parametrize(
    "wrong", [{"percent_per_day": -1}, {"cap_percent": 101}, {"free_days": -1}]
)
def test_a_policy_that_makes_no_sense_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(UsageError):
        LatePolicy(**wrong)


def test_the_policy_is_stated() -> None:
    assert LatePolicy().words() == "Late days cost nothing."
    assert LatePolicy(10, 50, 2).words() == (
        "Each late day costs 10 % of the points earned after 2 free days, at most 50 %."
    )


def test_a_mark_has_extra_credit_and_late_days_in_it() -> None:
    extra = problem("b", check("more", max_points=3.0), extra_credit=True)
    found = mark(grade("s", report(problem("a", check("c")), extra), late_days=2), LatePolicy(10))

    assert (found.earned, found.lost, found.total, found.possible) == (5.0, 1.0, 4.0, 2.0)
    assert found.open == ()


def test_what_is_not_judged_has_no_mark_and_says_why() -> None:
    marks = {one.student: one for one in summary_of(small_class()).marks}

    assert (marks["s07"].total, marks["s07"].open) == (None, ("a grader error",))
    assert (marks["s09"].total, marks["s09"].open) == (None, ("nothing handed in",))
    assert (marks["s11"].total, marks["s11"].open) == (None, ("checks that have not run: 1",))
    assert (marks["s08"].total, marks["s08"].open) == (6.0, ("5 points by hand pending",))
    assert (marks["s03"].lost, marks["s03"].total) == (1.0, 1.0)


def test_the_histogram_counts_every_mark_once_and_extra_credit_on_top() -> None:
    extra = report(
        problem("a", check("c0"), check("c1")), problem("b", check("x"), extra_credit=True)
    )
    grades = [grade(f"s{n}", answers(P, P)) for n in range(3)]
    grades += [grade("t", answers(F, P)), grade("u", answers(F, F)), grade("v", extra)]

    found = summary_of(grades)

    assert found.possible == 4.0
    assert found.histogram == (1, 0, 0, 0, 0, 1, 0, 0, 0, 4)


def test_parts_tell_the_mean_and_how_many_have_all_and_none() -> None:
    grades = [grade("s1", answers(P, P)), grade("s2", answers(P, F)), grade("s3", answers(F, F))]

    (part,) = summary_of(grades).parts

    assert (part.mean_points, part.full, part.none, part.of) == (2.0, 1, 1, 3)


def test_a_part_is_full_also_while_its_manual_points_are_pending() -> None:
    essay = check("essay", Status.PENDING, kind="manual", max_points=5.0)

    (part,) = summary_of([grade("s", report(problem("a", check("c"), essay)))]).parts

    assert (part.full, part.max_points) == (1, 7.0)


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 20)), min_size=2, max_size=30))
def test_discrimination_is_the_point_biserial_correlation(rows: list[tuple[bool, int]]) -> None:
    passed, rest = [p for p, _ in rows], [float(r) for _, r in rows]
    found = discrimination(passed, rest)

    if len(set(passed)) == 1 or len(set(rest)) == 1:
        assert found is None
    else:
        expected = scipy.stats.pointbiserialr(passed, rest).statistic
        assert found is not None
        assert math.isclose(found, expected, abs_tol=1e-9)


def test_the_rest_leaves_the_check_itself_out() -> None:
    """c0 goes with c1 and against c2; with itself in the sum all would look alike."""
    rows = [(P, P, F), (P, P, F), (F, F, P), (F, F, P), (P, F, F)]
    grades = [grade(f"s{n}", answers(*row)) for n, row in enumerate(rows)]

    found = {one.id: one.discrimination for one in summary_of(grades).checks}

    rest = [2.0, 2.0, 2.0, 2.0, 0.0]
    expected = scipy.stats.pointbiserialr([1, 1, 0, 0, 1], rest).statistic
    assert found["topic.c0"] == pytest.approx(expected)
    assert found["topic.c2"] is not None
    assert found["topic.c2"] < 0


def test_a_grader_error_is_no_failure_of_the_class() -> None:
    grades = [grade("s1", answers(P, Status.GRADER_ERROR)), grade("s2", answers(P, P))]

    found = {one.id: (one.passed, one.of) for one in summary_of(grades).checks}

    assert found == {"topic.c0": (2, 2), "topic.c1": (1, 1)}


def test_a_misconception_is_the_same_input_with_the_same_wrong_output() -> None:
    sign = wrong("f(1)", "-1", "the law\nHint: the sign")
    grades = [
        grade("s1", answers(P, F, **sign)),
        grade("s2", answers(P, F, **sign)),
        grade("s3", answers(P, F, **wrong("f(1)", "-2"))),
        grade("s4", answers(P, F, **wrong("f(2)", "-1"))),
        grade("s5", answers(P, P)),
    ]

    (found,) = summary_of(grades).misconceptions

    assert found.students == ("s1", "s2")
    assert found.checks == (("topic.c1", "The check c1"),)
    assert (found.call, found.got, found.law, found.hint) == (
        "f(1)", "-1", "the law", "the sign"
    )  # fmt: skip


def test_checks_that_the_same_students_fail_are_one_misconception() -> None:
    sign = wrong("f(1)", "-1")
    grades = [grade(f"s{n}", answers(F, F, P, **sign)) for n in range(3)]

    (found,) = summary_of(grades).misconceptions

    assert len(found.students) == 3
    assert [name for name, _ in found.checks] == ["topic.c0", "topic.c1"]


def test_checks_of_other_functions_are_told_apart() -> None:
    rows = [check("c0", F, **wrong("f(1)", "-1")), check("c1", F, **wrong("g(1)", "2"))]
    rows[1] = replace(rows[1], functions=("g",))
    grades = [grade(f"s{n}", report(problem("a", *rows))) for n in range(3)]

    assert [one.functions for one in summary_of(grades).misconceptions] == [("f",), ("g",)]


def test_the_most_common_misconception_is_first() -> None:
    grades = [grade(f"s{n}", answers(F, P, **wrong("f(1)", "-1"))) for n in range(2)]
    grades += [grade(f"t{n}", answers(P, F, **wrong("f(1)", "nan"))) for n in range(3)]

    assert [len(one.students) for one in summary_of(grades).misconceptions] == [3, 2]


def test_whose_work_needs_a_person_is_told_with_the_reason() -> None:
    found = summary_of(small_class())

    assert {one.student: one.reasons for one in found.attention} == {
        "s06": (
            "topic.c0 took 9.0 s of 10 s",
            "timeout in topic.c1 (9.0 s): hanging, or only slow?",
            "topic.c2 took 9.0 s of 10 s",
        ),
        "s07": ("grader error in topic.c2",),
        "s08": ("to be graded by hand: topic.essay (5 points)",),
        "s10": ("not on the class list",),
        "s11": ("not run yet: topic.c2",),
    }
    assert [(one.student, one.reasons) for one in found.missing] == [
        ("s09", ("nothing handed in",))
    ]


def test_crashes_and_timeouts_are_counted_by_check() -> None:
    found = {one.id: one for one in summary_of(small_class()).checks}

    assert (found["topic.c1"].timeouts, found["topic.c1"].crashes) == (1, 0)
    assert (found["topic.c2"].timeouts, found["topic.c2"].crashes) == (0, 1)
    assert found["topic.c0"].max_s == 9.0


def test_an_empty_class_has_a_summary() -> None:
    found = summary_of([])

    assert (found.graded, found.totals, found.parts, found.checks) == (0, (), (), ())
