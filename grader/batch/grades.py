"""Scores of a class, derived from the gradebook's outcomes: nothing is run, nothing is stored."""

from collections.abc import Iterator
from dataclasses import dataclass

from grader.batch.gradebook import Gradebook
from grader.batch.records import Floor, HandIn, Run, StoredOutcome, Student
from grader.batch.snapshot import from_json
from grader.engine.result import weakest
from grader.records import Provenance, Report
from grader.rubric import Chosen, load_rubric
from grader.scoring import score


@dataclass(frozen=True, slots=True)
class Grade:
    """One student's result.

    `report` is None where there is nothing to grade (`hand_in.problem` says why) or where not a
    single check has run yet. `missing` are the checks without an outcome: where it is not empty the
    score is not final. `score` and `extra_credit` have a floor in them (`--never-lower`); late days
    do not count in them.
    """

    student: Student
    hand_in: HandIn
    report: Report | None
    outcomes: dict[str, StoredOutcome]
    missing: tuple[str, ...]
    score: float
    extra_credit: float
    floor: Floor | None


def scope_checks(book: Gradebook) -> dict[str, None]:
    """The ids of the checks that the gradebook is for, in the rubric's order."""
    chosen = current_rubric(book)
    return dict.fromkeys(check for ids in chosen.values() for check in ids)


def current_rubric(book: Gradebook) -> Chosen:
    """The gradebook's part of the rubric as it is now."""
    scope = book.scope()
    return load_rubric().select(scope.assignment, scope.only)


def rubric_of(book: Gradebook, run: Run) -> Chosen:
    """The gradebook's part of the rubric as a run had it."""
    return from_json(book.rubric_json(run.rubric_sha256))


def grades(book: Gradebook, run: Run | None = None) -> Iterator[Grade]:
    """The grade of each student, by id; one at a time, so that a class of thousands fits.

    Without `run`, as it is now, with the points of the rubric as it is now; with it, as it was when
    that run had ended, with its rubric. Manual scores and floors are always those of now.
    """
    latest = run or book.latest_run()
    chosen = rubric_of(book, run) if run else current_rubric(book)
    wanted = [check for ids in chosen.values() for check in ids]
    students = {student.id: student for student in book.students()}
    manual, floors = book.manual_points(), book.floors()
    provenance = Provenance(latest.version, latest.checks_sha256, latest.seed, latest.packages)
    for hand_in in book.hand_ins(latest.id):
        found: dict[str, StoredOutcome] = {}
        if hand_in.submission is not None:
            stored = book.outcomes(hand_in.submission, latest.id)
            found = {check: stored[check] for check in wanted if check in stored}
        report = None
        if found:
            report = score(
                chosen,
                {check: one.outcome for check, one in found.items()},
                name=hand_in.student,
                sha256=hand_in.sha256 or "",
                provenance=provenance,
                isolation=weakest([one.isolation for one in found.values()]),
                seconds=sum(one.outcome.seconds for one in found.values()),
                manual=manual.get(hand_in.student),
                remarks=hand_in.remarks,
            )
        floor = floors.get(hand_in.student)
        yield Grade(
            students[hand_in.student],
            hand_in,
            report,
            found,
            tuple(check for check in wanted if check not in found),
            max(report.score if report else 0.0, floor.score if floor else 0.0),
            max(report.extra_credit if report else 0.0, floor.extra_credit if floor else 0.0),
            floor,
        )
