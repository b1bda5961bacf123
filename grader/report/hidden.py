"""What a report may tell a student of its hidden checks: how many there are, and which passed."""

from dataclasses import replace

from grader.records import CheckScore, ProblemScore, Report, Status

_MESSAGES = {
    Status.PASSED: "passed",
    Status.PENDING: "graded by a person",
    Status.SKIPPED: "not run: what it builds on failed",
    Status.NOT_IMPLEMENTED: "not implemented yet",
    Status.IMPORT_ERROR: "not run: the module does not load",
    Status.GRADER_ERROR: "could not be judged, through the grader's own fault",
    Status.FAILED: "not passed",
}


def for_students(report: Report) -> Report:
    """The report with its hidden checks made anonymous.

    Names, titles and functions go too, since they tell what is checked; how a check failed goes,
    since it tells something of the input. Points, and so the totals, stay.
    """
    return replace(report, problems=tuple(_problem(problem) for problem in report.problems))


def _problem(problem: ProblemScore) -> ProblemScore:
    hidden = [check.id for check in problem.checks if check.visibility == "hidden"]
    checks = tuple(
        _anonymous(problem, check, hidden.index(check.id) + 1) if check.id in hidden else check
        for check in problem.checks
    )
    return replace(problem, checks=checks)


def _anonymous(problem: ProblemScore, check: CheckScore, number: int) -> CheckScore:
    status = check.status if check.status in _MESSAGES else Status.FAILED
    return CheckScore(
        id=f"{problem.id}.hidden_{number}",
        title=f"Hidden check {number}",
        kind=check.kind,
        functions=(),
        status=status,
        points=check.points,
        max_points=check.max_points,
        seconds=0.0,
        message=_MESSAGES[status],
        counterexample=None,
        visibility="hidden",
    )
