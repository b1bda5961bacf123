"""Marks: the points of a grade with the manual scores in them, less those lost by being late."""

from collections.abc import Mapping
from dataclasses import dataclass

from grader.batch.grades import Grade
from grader.errors import UsageError
from grader.scoring import has_grader_error


@dataclass(frozen=True, slots=True)
class LatePolicy:
    """What late days cost, in percent of the points that were earned, extra credit included.

    `free_days` cost nothing; each further day, or part of one, costs `percent_per_day`, and all of
    them together at most `cap_percent`.
    """

    percent_per_day: float = 0.0
    cap_percent: float = 100.0
    free_days: float = 0.0

    def __post_init__(self) -> None:
        """UsageError for a policy that makes no sense."""
        if not 0 <= self.percent_per_day <= 100 or not 0 <= self.cap_percent <= 100:
            raise UsageError("a late policy takes between 0 and 100 percent")
        if self.free_days < 0:
            raise UsageError("a late policy has no fewer than 0 free days")

    def percent(self, late_days: float) -> float:
        """The percentage that so many late days cost."""
        counted = max(0.0, late_days - self.free_days)
        return min(self.cap_percent, self.percent_per_day * counted)

    def words(self) -> str:
        """The policy as a sentence."""
        if not self.percent_per_day:
            return "Late days cost nothing."
        free = f" after {self.free_days:g} free days" if self.free_days else ""
        return (
            f"Each late day costs {self.percent_per_day:g} % of the points earned{free},"
            f" at most {self.cap_percent:g} %."
        )


@dataclass(frozen=True, slots=True)
class Mark:
    """What a student gets: `total` is `earned` less `lost`, extra credit included.

    `parts` holds the points of each part by its id; of these, broken policies took `deducted`.
    `open` says what is still to be done before the mark is final. `total` is None where there is
    no mark: nothing was handed in, or something could not be judged.
    """

    student: str
    name: str
    earned: float
    late_days: float
    lost: float
    total: float | None
    possible: float
    parts: Mapping[str, float]
    deducted: float
    open: tuple[str, ...]


def mark(grade: Grade, policy: LatePolicy) -> Mark:
    """The mark of one student under a late policy."""
    report, found = grade.report, grade.hand_in
    earned = round(grade.score + grade.extra_credit, 4)
    lost = round(earned * policy.percent(found.late_days) / 100, 4)
    reasons = []
    if grade.missing:
        reasons.append(f"checks that have not run: {len(grade.missing)}")
    if report and has_grader_error(report):
        reasons.append("a grader error")
    judged = report is not None and not reasons
    if report is None and found.problem:
        reasons = [found.problem]
    elif report and report.pending:
        reasons.append(f"{report.pending:g} points by hand pending")
    problems = report.problems if report else ()
    return Mark(
        student=grade.student.id,
        name=grade.student.name,
        earned=earned,
        late_days=found.late_days,
        lost=lost,
        total=round(earned - lost, 4) if judged else None,
        possible=round(sum(p.max_points for p in problems if not p.extra_credit), 4),
        parts={p.id: p.points for p in problems},
        deducted=round(sum(d.points for d in report.deductions), 4) if report else 0.0,
        open=tuple(reasons),
    )
