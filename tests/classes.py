"""Classes for the tests of what an instructor reads: grades made by hand."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from reports import ISOLATION, check, problem, report

from grader.batch.grades import Grade
from grader.batch.records import Conditions, HandIn, StoredOutcome, Student
from grader.instructor.marks import LatePolicy
from grader.instructor.summary import ClassSummary, summarise
from grader.records import Counterexample, Outcome, Report, Status
from grader.rubric import CheckEntry
from grader.sandbox.limits import Limits

CONDITIONS = Conditions("c" * 64, "r" * 64, 0, "p" * 64)
POLICY = LatePolicy(percent_per_day=10.0, cap_percent=50.0)


def grade(
    student: str,
    found: Report | None,
    *,
    name: str = "",
    late_days: float = 0.0,
    problem: str = "",
    missing: tuple[str, ...] = (),
) -> Grade:
    """A student's grade as the gradebook would give it for a report."""
    sha256 = found.submission_sha256 if found else None
    hand_in = HandIn(student, 1, 1 if found else None, sha256, "", "", late_days, problem, ())
    return Grade(
        Student(student, name),
        hand_in,
        found,
        stored(found) if found else {},
        missing,
        found.score if found else 0.0,
        found.extra_credit if found else 0.0,
        None,
    )


def stored(found: Report) -> dict[str, StoredOutcome]:
    """The outcomes that a report was scored from."""
    outcomes = {}
    for one in (c for p in found.problems for c in p.checks):
        share = one.points / one.max_points if one.max_points else 0.0
        outcome = Outcome(
            one.id, one.status, share, one.message, one.counterexample,
            one.notes, one.printed, one.seconds,
        )  # fmt: skip
        outcomes[one.id] = StoredOutcome(outcome, CONDITIONS, ISOLATION, 1, "2026-03-01T00:00:00Z")
    return outcomes


def index_of(grades: Iterable[Grade]) -> Mapping[str, CheckEntry]:
    """The rubric's entries for the checks of some grades."""
    return {
        c.id: CheckEntry(
            c.id, c.title, c.kind, c.functions, c.max_points, c.visibility,
            10, False, Limits(check_s=10.0), {}, "", "",
        )
        for grade in grades
        if grade.report
        for p in grade.report.problems
        for c in p.checks
    }  # fmt: skip


def summary_of(grades: list[Grade], policy: LatePolicy = POLICY) -> ClassSummary:
    return summarise(grades, index_of(grades), policy, "HW5")


def wrong(call: str, got: str, message: str = "the law") -> dict[str, object]:
    """What a failed check tells."""
    found = Counterexample(call, got, "array([1.0])", "grader replay topic.x student")
    return {"message": message, "counterexample": found}


def answers(*statuses: Status, seconds: float = 0.5, **changes: object) -> Report:
    """A report with one part of as many checks, c0 first; `changes` are those of failed ones."""
    checks = [
        check(
            f"c{number}",
            status,
            seconds=seconds,
            **(changes if status is Status.FAILED else {}),
        )
        for number, status in enumerate(statuses)
    ]
    return report(problem("a", *checks))


P, F = Status.PASSED, Status.FAILED


def small_class() -> list[Grade]:
    """Every kind of grade that reads differently."""
    sign = wrong("f(array([1.0]))", "array([-1.0])", "f is 1 at 1\nHint: look at the sign")
    essay = check("essay", Status.PENDING, kind="manual", max_points=5.0)
    with_essay = report(problem("a", check("c0"), check("c1"), check("c2"), essay))
    return [
        grade("s01", answers(P, P, P), name="Ann Smith"),
        grade("s02", answers(P, F, P, **sign), name="Bob Jones", late_days=1),
        grade("s03", answers(P, F, F, **sign), name="Cy Young", late_days=9),
        grade("s04", answers(F, F, F, **sign), name="Di Prince"),
        grade("s05", answers(P, P, F, **wrong("f(array([2.0]))", "array([nan])")), name="Ed Moss"),
        grade("s06", answers(P, Status.TIMEOUT, Status.CRASHED, seconds=9.0), name="Flo Hill"),
        grade("s07", answers(P, P, Status.GRADER_ERROR), name="Gil Gray"),
        grade("s08", with_essay, name="Hal Fox"),
        grade("s09", None, name="Ida Bell", problem="nothing handed in"),
        grade("s10", answers(P, P, P), name="Jo Lake", problem="not on the class list"),
        grade("s11", answers(P, P), name="Kit Rose", missing=("topic.c2",)),
    ]


def hostile_class(text: str) -> list[Grade]:
    """The text wherever a submission or a class list can put it."""
    told = replace(answers(F, F, **wrong(text, text, text)), submission=text)
    return [grade(f"{number} {text}", told, name=text, problem=text) for number in range(2)]
