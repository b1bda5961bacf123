"""What a class as a whole did: figures over its grades, as frozen records. Nothing is run."""

import math
import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from grader.batch.grades import Grade
from grader.instructor.marks import LatePolicy, Mark, mark
from grader.instructor.misconceptions import Finding, Misconception, group
from grader.records import ProblemScore, Report, Status
from grader.rubric import CheckEntry

BINS = 10
NEAR = 0.8
"""A check that takes this share of its limit would time out on a slower machine."""
FEW = 10
"""With fewer submissions, correlations say little."""

CRASHES = (Status.CRASHED, Status.OUT_OF_MEMORY, Status.OUTPUT_LIMIT, Status.VIOLATION)


@dataclass(frozen=True, slots=True)
class Part:
    """How a class did in a part: shares are of the submissions that were graded."""

    id: str
    title: str
    extra_credit: bool
    max_points: float
    mean_points: float
    full: int
    none: int
    of: int


@dataclass(frozen=True, slots=True)
class CheckFigures:
    """How a class did in a check.

    `discrimination` is the point-biserial correlation of passing it with the points of all other
    checks, None where it is not defined: all or none passed, or all others have equal points.
    """

    id: str
    title: str
    passed: int
    of: int
    discrimination: float | None
    median_s: float
    max_s: float
    limit_s: float
    statuses: Mapping[Status, int]

    @property
    def crashes(self) -> int:
        """How often it ended the worker: crashes, memory, output, a broken protocol."""
        return sum(self.statuses.get(status, 0) for status in CRASHES)

    @property
    def timeouts(self) -> int:
        """How often time ran out."""
        return self.statuses.get(Status.TIMEOUT, 0)


@dataclass(frozen=True, slots=True)
class Attention:
    """A student whose work needs a person, and what for."""

    student: str
    name: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClassSummary:
    """All that the class report shows.

    `histogram` counts the marks by tenths of the possible points; the last tenth has those above.
    """

    title: str
    policy: str
    marks: tuple[Mark, ...]
    missing: tuple[Attention, ...]
    graded: int
    possible: float
    histogram: tuple[int, ...]
    parts: tuple[Part, ...]
    checks: tuple[CheckFigures, ...]
    misconceptions: tuple[Misconception, ...]
    attention: tuple[Attention, ...]

    @property
    def totals(self) -> tuple[float, ...]:
        """The totals of those who have a mark, in points, smallest first."""
        return tuple(sorted(m.total for m in self.marks if m.total is not None))

    @property
    def few(self) -> bool:
        """Whether the correlations rest on too few submissions to say much."""
        return self.graded < FEW


def summarise(
    grades: Iterable[Grade],
    index: Mapping[str, CheckEntry],
    policy: LatePolicy,
    title: str = "Homework",
) -> ClassSummary:
    """The summary of a class; `index` holds the rubric's checks by id."""
    rows: list[_Row] = []
    problems: dict[str, ProblemScore] = {}
    marks, missing, attention = [], [], []
    findings: list[Finding] = []
    for grade in grades:
        marks.append(mark(grade, policy))
        if grade.report is None:
            reason = grade.hand_in.problem or "not graded yet"
            missing.append(Attention(grade.student.id, grade.student.name, (reason,)))
            continue
        rows.append(_row(grade, grade.report))
        problems |= {problem.id: problem for problem in grade.report.problems}
        findings += _findings(grade, grade.report)
        if reasons := tuple(_reasons(grade, index)):
            attention.append(Attention(grade.student.id, grade.student.name, reasons))
    possible = max((found.possible for found in marks), default=0.0)
    return ClassSummary(
        title=title,
        policy=policy.words(),
        marks=tuple(marks),
        missing=tuple(missing),
        graded=len(rows),
        possible=possible,
        histogram=_histogram([m.total for m in marks if m.total is not None], possible),
        parts=tuple(_parts(rows, problems)),
        checks=tuple(_checks(rows, index)),
        misconceptions=group(findings),
        attention=tuple(attention),
    )


def discrimination(passed: Sequence[bool], rest: Sequence[float]) -> float | None:
    """The point-biserial correlation; None where one of the two does not vary."""
    try:
        found = statistics.correlation([float(p) for p in passed], rest)
    except statistics.StatisticsError:
        return None
    return found if math.isfinite(found) else None


def _histogram(totals: Iterable[float], possible: float) -> tuple[int, ...]:
    counts = [0] * BINS
    for total in totals:
        share = total / possible if possible else 1.0
        counts[min(BINS - 1, max(0, int(share * BINS)))] += 1
    return tuple(counts)


@dataclass(frozen=True, slots=True)
class _Row:
    """What the figures need of one grade, without its texts: a class of thousands fits.

    `parts` holds the points of each part, and how many there were to get without pending ones;
    `outcomes` the status and the seconds of each check.
    """

    parts: Mapping[str, tuple[float, float]]
    points: Mapping[str, float]
    outcomes: Mapping[str, tuple[Status, float]]


def _row(grade: Grade, report: Report) -> _Row:
    return _Row(
        parts={p.id: (p.points, round(p.max_points - _pending(p), 4)) for p in report.problems},
        points={c.id: c.points for p in report.problems for c in p.checks},
        outcomes={
            name: (stored.outcome.status, stored.outcome.seconds)
            for name, stored in grade.outcomes.items()
        },
    )


def _pending(problem: ProblemScore) -> float:
    return sum(c.max_points for c in problem.checks if c.status is Status.PENDING)


def _parts(rows: Sequence[_Row], problems: Mapping[str, ProblemScore]) -> Iterable[Part]:
    """The parts in the rubric's order; a person's points count once they are there."""
    for name, problem in problems.items():
        scores = [row.parts[name] for row in rows if name in row.parts]
        yield Part(
            id=name,
            title=problem.title,
            extra_credit=problem.extra_credit,
            max_points=problem.max_points,
            mean_points=statistics.fmean(points for points, _ in scores),
            full=sum(points >= most for points, most in scores),
            none=sum(points == 0 < most for points, most in scores),
            of=len(scores),
        )


def _checks(rows: Sequence[_Row], index: Mapping[str, CheckEntry]) -> Iterable[CheckFigures]:
    for name in dict.fromkeys(check for row in rows for check in row.outcomes):
        entry = index[name]
        if entry.kind == "manual":
            continue
        judged = [row for row in rows if name in row.outcomes]
        fair = [row for row in judged if row.outcomes[name][0] is not Status.GRADER_ERROR]
        passed = [row.outcomes[name][0] is Status.PASSED for row in fair]
        rest = [sum(row.points.values()) - row.points.get(name, 0.0) for row in fair]
        seconds = [row.outcomes[name][1] for row in judged]
        yield CheckFigures(
            id=name,
            title=entry.title,
            passed=sum(passed),
            of=len(fair),
            discrimination=discrimination(passed, rest),
            median_s=statistics.median(seconds),
            max_s=max(seconds),
            limit_s=entry.limits.check_s,
            statuses=Counter(row.outcomes[name][0] for row in judged),
        )


def _findings(grade: Grade, report: Report) -> Iterable[Finding]:
    for check in (check for problem in report.problems for check in problem.checks):
        stored = grade.outcomes.get(check.id)
        if stored is not None and stored.outcome.counterexample is not None:
            yield Finding(
                grade.student.id,
                check.id,
                check.title,
                check.functions,
                stored.outcome.message,
                stored.outcome.counterexample,
            )


def _reasons(grade: Grade, index: Mapping[str, CheckEntry]) -> Iterable[str]:
    """Why a person should look at it."""
    if grade.hand_in.problem:
        yield grade.hand_in.problem
    outcomes = [stored.outcome for stored in grade.outcomes.values()]
    failed = [o.check for o in outcomes if o.status is Status.GRADER_ERROR]
    if failed:
        yield f"grader error in {', '.join(failed)}"
    if grade.missing:
        yield f"not run yet: {', '.join(grade.missing)}"
    for outcome in outcomes:
        limit = index[outcome.check].limits.check_s
        if outcome.status is Status.TIMEOUT:
            yield f"timeout in {outcome.check} ({outcome.seconds:.1f} s): hanging, or only slow?"
        elif outcome.seconds >= NEAR * limit:
            yield f"{outcome.check} took {outcome.seconds:.1f} s of {limit:g} s"
    report = grade.report
    pending = [
        f"{check.id} ({check.max_points:g} points)"
        for problem in (report.problems if report else ())
        for check in problem.checks
        if check.status is Status.PENDING
    ]
    if pending:
        yield f"to be graded by hand: {', '.join(pending)}"
