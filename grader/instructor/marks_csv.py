"""The marks of a class as CSV: a plain table, and what Canvas's gradebook imports.

No cell that comes from a submission or a class list is a formula for a spreadsheet.
"""

import csv
import io
from collections.abc import Mapping, Sequence

from grader.batch.students import Person
from grader.instructor.marks import Mark
from grader.report.canvas import Student, cell, to_import

COLUMNS = ("student", "name", "mark", "possible", "earned", "deducted", "late_days", "lost", "open")
"""The first columns of the table; the parts' points follow, each under the part's id."""


def to_csv(marks: Sequence[Mark]) -> str:
    """A row for each student; `mark` is empty where there is none, and `open` says why."""
    parts = list(dict.fromkeys(part for mark in marks for part in mark.parts))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([*COLUMNS, *parts])
    for mark in marks:
        row = [
            cell(mark.student),
            cell(mark.name),
            "" if mark.total is None else f"{mark.total:g}",
            f"{mark.possible:g}",
            f"{mark.earned:g}",
            f"{mark.deducted:g}",
            f"{mark.late_days:g}",
            f"{mark.lost:g}",
            cell("; ".join(mark.open)),
        ]
        points = (mark.parts.get(part) for part in parts)
        writer.writerow([*row, *("" if each is None else f"{each:g}" for each in points)])
    return text.getvalue()


def to_canvas(marks: Sequence[Mark], people: Mapping[str, Person], column: str) -> str:
    """A row for each student, with the ids that Canvas knows them by.

    `people` maps students of the gradebook to those of the class list; who is not in it is looked
    for by login. Without a mark a cell is empty, and Canvas keeps what it has.
    """
    possible = max((mark.possible for mark in marks), default=0.0)
    rows = ((_student(mark, people.get(mark.student)), mark.total) for mark in marks)
    return to_import(rows, possible, column)


def _student(mark: Mark, person: Person | None) -> Student:
    if person is None:
        return Student(mark.name or mark.student, login=mark.student)
    return Student(
        person.name or person.student,
        id=person.canvas_id,
        sis_id=person.sis_id,
        login=person.login or ("" if person.canvas_id or person.sis_id else person.student),
        section=person.section,
    )
