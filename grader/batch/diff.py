"""Whose score differs between two states of a gradebook, by how much and why."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from grader.batch.canonical import sha256
from grader.batch.gradebook import Gradebook
from grader.batch.grades import Grade, current_rubric, grades
from grader.batch.records import Run, StoredOutcome
from grader.batch.snapshot import to_json
from grader.errors import UsageError
from grader.records import CheckScore


@dataclass(frozen=True, slots=True)
class CheckChange:
    """One check whose points differ, or one that began or ceased to take points off.

    `why` lists what changed of what its outcome depends on.
    """

    check: str
    status_before: str
    status_after: str
    points_before: float
    points_after: float
    why: tuple[str, ...]
    message: str


@dataclass(frozen=True, slots=True)
class Change:
    """One student whose score differs; `kept` says that a floor gives the score of before back.

    `after` is the score with the floor, `found` the one without. Extra credit is in both.
    """

    student: str
    name: str
    before: float
    found: float
    after: float
    kept: bool
    checks: tuple[CheckChange, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """All changes between two states; `to_run` is None where the later one is now."""

    from_run: int
    to_run: int | None
    students: int
    changes: tuple[Change, ...]


def difference(
    book: Gradebook,
    from_run: int | None = None,
    to_run: int | None = None,
    never_lower: bool = False,
) -> Difference:
    """What changed from the end of one run to the end of another, or to now.

    Without `from_run`: from the last run if the rubric was edited since, so that one sees what the
    edit does; else from the last complete run before it. With `never_lower`, a lower score is shown
    as kept.
    """
    runs = {run.id: run for run in book.runs()}
    earlier = _default(book) if from_run is None else _run(runs, from_run)
    later = None if to_run is None else _run(runs, to_run)
    before = {grade.student.id: grade for grade in grades(book, earlier)}
    changes = []
    count = 0
    for after in grades(book, later):
        count += 1
        change = _change(before.get(after.student.id), after, never_lower)
        if change is not None:
            changes.append(change)
    return Difference(earlier.id, to_run, count, tuple(changes))


def _run(runs: dict[int, Run], number: int) -> Run:
    if number not in runs:
        known = ", ".join(map(str, runs)) or "none"
        raise UsageError(f"the gradebook has no run {number}; it has {known}")
    return runs[number]


def _default(book: Gradebook) -> Run:
    last = book.latest_run()
    if sha256(to_json(current_rubric(book))) != last.rubric_sha256:
        return last
    complete = [run for run in book.runs()[:-1] if run.finished_at]
    if not complete:
        raise UsageError(f"{book.path} holds one run alone: there is nothing to compare it with")
    return complete[-1]


def _change(before: Grade | None, after: Grade, never_lower: bool) -> Change | None:
    if before is None or before.hand_in.submission is None:
        # Graded for the first time: there is no score that could have changed.
        return None
    old, new = _total(before), _total(after)
    checks = tuple(_check_changes(before, after))
    if old == new and not checks:
        return None
    floor = after.floor
    lowest = max(old if never_lower else 0.0, floor.score + floor.extra_credit if floor else 0.0)
    given = max(new, lowest)
    return Change(
        after.student.id, after.student.name, old, new, given, kept=given > new, checks=checks
    )


def _total(grade: Grade) -> float:
    """What the checks give, extra credit included, without a floor."""
    if grade.report is None:
        return 0.0
    return round(grade.report.score + grade.report.extra_credit, 4)


def _scores(grade: Grade) -> dict[str, CheckScore]:
    if grade.report is None:
        return {}
    return {check.id: check for problem in grade.report.problems for check in problem.checks}


def _costly(grade: Grade) -> set[str]:
    """The policies that take points off."""
    deductions = grade.report.deductions if grade.report else ()
    return {check for deduction in deductions for check in deduction.checks}


def _check_changes(before: Grade, after: Grade) -> Iterator[CheckChange]:
    old, new = _scores(before), _scores(after)
    cost_before, cost_after = _costly(before), _costly(after)
    for check in {**old, **new}:
        one, two = old.get(check), new.get(check)
        same = (one and one.points) == (two and two.points) and (one is None) == (two is None)
        if same and (check in cost_before) == (check in cost_after):
            continue
        yield CheckChange(
            check,
            one.status.value if one else "not there",
            two.status.value if two else "not there",
            one.points if one else 0.0,
            two.points if two else 0.0,
            tuple(_reasons(before, after, check, one, two)),
            two.message if two else "",
        )


def _reasons(
    before: Grade, after: Grade, check: str, one: CheckScore | None, two: CheckScore | None
) -> Iterator[str]:
    if one is None or two is None:
        yield "the rubric has it no more" if one else "new in the rubric"
        return
    if one.max_points != two.max_points:
        yield f"worth {two.max_points:g} points, not {one.max_points:g}"
    old, new = before.outcomes.get(check), after.outcomes.get(check)
    if old is None or new is None:
        if old is not new:
            yield "it had not run" if old is None else "it has not run"
        return
    told = list(_condition_reasons(old, new))
    if before.hand_in.sha256 != after.hand_in.sha256:
        told.insert(0, "other files were handed in")
    yield from told
    if not told and old.run != new.run:
        yield "it was run again"


def _condition_reasons(old: StoredOutcome, new: StoredOutcome) -> Iterator[str]:
    differing: Iterable[tuple[object, object, str]] = (
        (old.conditions.check, new.conditions.check, "the check was changed"),
        (old.conditions.rubric, new.conditions.rubric, "its settings in the rubric were changed"),
        (old.conditions.seed, new.conditions.seed, "another seed"),
        (old.conditions.packages, new.conditions.packages, "other versions of packages"),
        (old.isolation, new.isolation, "other isolation"),
    )
    return (why for one, two, why in differing if one != two)
