"""From outcomes to points: pure functions over frozen records."""

from collections.abc import Iterable, Mapping

from grader.records import (
    CheckScore,
    Deduction,
    Isolation,
    Outcome,
    ProblemScore,
    Provenance,
    Report,
    Status,
)
from grader.rubric import CheckEntry, Problem, Topic

HIDDEN_MESSAGES = {
    Status.PASSED: "a hidden check: passed",
    Status.PENDING: "a hidden check: pending",
    Status.SKIPPED: "a hidden check: not run",
    Status.IMPORT_ERROR: "a hidden check: the module does not load",
    Status.GRADER_ERROR: "a hidden check: not judged, through the grader's own fault",
}
"""What a hidden check tells. A submission chooses how it fails while it looks at its input: by
crashing, hanging or raising it would tell of it, so all of these are one."""


def score(
    chosen: Mapping[Topic, tuple[str, ...]],
    outcomes: Mapping[str, Outcome],
    *,
    name: str,
    sha256: str,
    provenance: Provenance,
    isolation: Isolation,
    seconds: float,
    manual: Mapping[str, float] | None = None,
    remarks: tuple[str, ...] = (),
) -> Report:
    """The report of one submission.

    `manual` holds the points that a person gave, by check id; what is not in it stays pending.
    """
    given = manual or {}
    problems = tuple(
        _problem(topic, problem, wanted, outcomes, given)
        for topic, wanted in chosen.items()
        for problem in topic.problems
        if any(check.id in wanted for check in problem.checks)
    )
    counted = [p for p in problems if not p.extra_credit]
    extra = [p for p in problems if p.extra_credit]
    deductions = _deductions(chosen, problems)
    return Report(
        submission=name,
        submission_sha256=sha256,
        provenance=provenance,
        isolation=isolation,
        problems=problems,
        score=_round(_points(counted) - deducted(deductions, extra_credit=False)),
        max_score=_graded_maximum(counted),
        extra_credit=_round(_points(extra) - deducted(deductions, extra_credit=True)),
        max_extra_credit=_graded_maximum(extra),
        pending=_pending(problems),
        seconds=round(seconds, 2),
        remarks=remarks,
        deductions=deductions,
    )


def deducted(deductions: Iterable[Deduction], *, extra_credit: bool) -> float:
    """What was taken off the score, or off the extra credit."""
    return _round(sum(d.points for d in deductions if d.extra_credit is extra_credit))


def percent(report: Report) -> float:
    """The score as a percentage of what a program could give; 100 of nothing is 100."""
    return 100.0 * report.score / report.max_score if report.max_score else 100.0


def has_grader_error(report: Report) -> bool:
    """Whether some check could not be judged through the grader's own fault."""
    return any(check.status is Status.GRADER_ERROR for check in report.checks)


def _deductions(
    chosen: Iterable[Topic], problems: tuple[ProblemScore, ...]
) -> tuple[Deduction, ...]:
    """What broken policies take off, in each homework at most its `max_deduction`.

    Each half, score and extra credit, pays for its own parts and never more than it earned.
    """
    homeworks: dict[str, list[Topic]] = {}
    for topic in chosen:
        homeworks.setdefault(topic.assignment, []).append(topic)
    found = []
    for homework, topics in homeworks.items():
        costs = {check.id: check.deduction for topic in topics for check in topic.checks}
        names = {topic.name for topic in topics}
        left = max(topic.max_deduction for topic in topics)
        for extra in (False, True):
            parts = [p for p in problems if p.topic in names and p.extra_credit is extra]
            checks = [check for part in parts for check in part.checks]
            broken = [c for c in checks if c.status is Status.FAILED and costs[c.id]]
            asked = sum(costs[check.id] for check in broken)
            points = _round(min(asked, left, _points(parts)))
            if points > 0:
                left -= points
                ids = tuple(check.id for check in broken)
                reason = "; ".join(check.message.partition("\n")[0] for check in broken)
                found.append(Deduction(homework, points, extra, ids, reason))
    return tuple(found)


def _problem(
    topic: Topic,
    problem: Problem,
    wanted: tuple[str, ...],
    outcomes: Mapping[str, Outcome],
    manual: Mapping[str, float],
) -> ProblemScore:
    checks = tuple(
        score_check(check, outcomes.get(check.id), manual.get(check.id))
        for check in problem.checks
        if check.id in wanted
    )
    apart = f" (and officially {problem.hidden})" if problem.hidden.checks else ""
    return ProblemScore(
        id=f"{topic.name}.{problem.id}",
        topic=topic.name,
        title=f"{problem.label}: {problem.title}{apart}",
        points=_round(sum(check.points for check in checks)),
        max_points=_round(sum(check.max_points for check in checks)),
        extra_credit=problem.extra_credit,
        checks=checks,
    )


def score_check(
    entry: CheckEntry, outcome: Outcome | None, given: float | None = None
) -> CheckScore:
    """One check as a report shows it: of a hidden one it tells little."""
    if outcome is None:
        outcome = Outcome(entry.id, Status.GRADER_ERROR, message="the check did not run")
    if given is not None and outcome.status is Status.PENDING:
        outcome = Outcome(
            entry.id, Status.PASSED, given / entry.points, message=f"{given:g} points by hand"
        )
    shown = _redacted(outcome) if entry.visibility == "hidden" else outcome
    return CheckScore(
        id=entry.id,
        title=entry.title,
        kind=entry.kind,
        functions=entry.functions,
        status=shown.status,
        points=_round(entry.points * outcome.fraction),
        max_points=entry.points,
        seconds=round(shown.seconds, 2),
        message=shown.message,
        counterexample=shown.counterexample,
        visibility=entry.visibility,
        notes=shown.notes,
        printed=shown.printed,
        figures=shown.figures,
    )


def _redacted(outcome: Outcome) -> Outcome:
    """A hidden check tells passed from not passed, and nothing of its inputs."""
    status = outcome.status if outcome.status in HIDDEN_MESSAGES else Status.FAILED
    message = HIDDEN_MESSAGES.get(status, "a hidden check: not passed")
    return Outcome(outcome.check, status, outcome.fraction, message=message)


def _points(problems: list[ProblemScore]) -> float:
    return _round(sum(problem.points for problem in problems))


def _graded_maximum(problems: list[ProblemScore]) -> float:
    return _round(
        sum(c.max_points for p in problems for c in p.checks if c.status is not Status.PENDING)
    )


def _pending(problems: tuple[ProblemScore, ...]) -> float:
    return _round(
        sum(c.max_points for p in problems for c in p.checks if c.status is Status.PENDING)
    )


def _round(points: float) -> float:
    return round(points, 4)
