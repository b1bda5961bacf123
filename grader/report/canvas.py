"""Rows for Canvas's gradebook import: the smallest file that it reads without guessing."""

import csv
import io
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from grader.records import Report
from grader.report.digest import one_line
from grader.scoring import has_grader_error
from grader.submission import ARCHIVE

COLUMN = "Homework"


@dataclass(frozen=True, slots=True)
class Student:
    """Whom Canvas gives the points to: found by id, else SIS id, else login, else name."""

    name: str
    id: str = ""
    sis_id: str = ""
    login: str = ""
    section: str = ""


def to_canvas(report: Report, column: str = COLUMN) -> str:
    """One submission's row, named for its folder or archive: the login of its student."""
    login = ARCHIVE.sub("", report.submission)
    return to_gradebook([(Student(login, login=login), report)], column)


def to_gradebook(graded: Iterable[tuple[Student, Report]], column: str = COLUMN) -> str:
    """The points of some reports; one that is not final, through our own fault, stays empty."""
    graded = list(graded)
    possible = max((_possible(report) for _, report in graded), default=0.0)
    return to_import(((student, _points(report)) for student, report in graded), possible, column)


def to_import(
    points: Iterable[tuple[Student, float | None]], possible: float, column: str = COLUMN
) -> str:
    """A header, the points possible, and a row for each student; None leaves a cell empty.

    `column` is the assignment's title in Canvas with its id, `HW2 (1234)`: any other title makes a
    new assignment. An empty cell changes nothing in Canvas.
    """
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(["Student", "ID", "SIS User ID", "SIS Login ID", "Section", cell(column)])
    writer.writerow(["    Points Possible", "", "", "", "", f"{possible:.2f}"])
    for student, given in points:
        whose = (student.name, student.id, student.sis_id, student.login, student.section)
        writer.writerow([*map(cell, whose), "" if given is None else f"{given:.2f}"])
    return text.getvalue()


def _points(report: Report) -> float | None:
    return None if has_grader_error(report) else report.score + report.extra_credit


def _possible(report: Report) -> float:
    """What the assignment is worth without extra credit: the points of a person's checks too."""
    return sum(p.max_points for p in report.problems if not p.extra_credit)


def cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: those get an apostrophe in front."""
    line = one_line(text)
    first = unicodedata.normalize("NFKC", line[:1])
    return f"'{line}" if first in ("=", "+", "-", "@", "|", "%") else line
