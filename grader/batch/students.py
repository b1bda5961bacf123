"""The students of a class, read from a CSV file: the project's own, or one that others export."""

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from grader.errors import UsageError
from grader.tables import read_table

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "student": ("student", "student_id", "sid", "identifier"),
    "name": ("name",),
    "email": ("email",),
    "login": ("login",),
    "canvas_id": ("canvas_id",),
    "sis_id": ("sis_id",),
    "section": ("section", "sections"),
    "github": ("github", "github_username"),
    "submitted_at": ("submitted_at",),
    "deadline": ("deadline",),
}
"""Field of a `Person` -> the columns that hold it: our own, Gradescope's, GitHub Classroom's."""

CANVAS_COLUMNS = {
    "name": "student",
    "canvas_id": "id",
    "sis_id": "sis user id",
    "login": "sis login id",
    "section": "section",
}
"""The same for the gradebook that Canvas exports, whose `Student` is a name."""


@dataclass(frozen=True, slots=True)
class Person:
    """A student of the roster. `submitted_at` and `deadline` stand for what holds only for them.

    Times have a time zone.
    """

    student: str
    name: str = ""
    email: str = ""
    login: str = ""
    canvas_id: str = ""
    sis_id: str = ""
    section: str = ""
    github: str = ""
    submitted_at: datetime | None = None
    deadline: datetime | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """Whatever names this student alone, as `key` writes it."""
        ids = (self.student, self.email, self.login, self.canvas_id, self.sis_id, self.github)
        return tuple(dict.fromkeys(key(each) for each in ids if each))


def key(text: str) -> str:
    """An id as it is compared: letter case and the way accents are encoded tell nobody apart."""
    return unicodedata.normalize("NFC", text.strip()).casefold()


def parse_time(text: str, where: str) -> datetime:
    """A point in time in UTC; UsageError when `text` is none or has no time zone."""
    try:
        found = datetime.fromisoformat(text.strip().removesuffix(" UTC") + _zone(text))
    except ValueError:
        raise UsageError(
            f"{where}: {text!r} is no time: write it like 2026-03-01T23:59:00-08:00"
        ) from None
    if found.tzinfo is None:
        raise UsageError(
            f"{where}: {text!r} has no time zone: write it like 2026-03-01T23:59-08:00"
        )
    return found.astimezone(UTC)


def _zone(text: str) -> str:
    return "+00:00" if text.rstrip().endswith(" UTC") else ""


def read_students(path: Path) -> tuple[Person, ...]:
    """The roster in a CSV; UsageError with the line when two students share an id.

    Its columns are those of `COLUMNS`, or those of the gradebook that Canvas exports.
    """
    rows = read_table(path)
    people = [_person(row, f"{path}:{line}") for line, row in rows if _is_student(row)]
    if not people:
        raise UsageError(f"{path} has no students: a column `student` with their ids is needed")
    _refuse_shared(people, path)
    return tuple(people)


def _is_student(row: Mapping[str, str]) -> bool:
    """Not a blank line, and not the line of the possible points that Canvas puts first."""
    return any(row.values()) and "Points Possible" not in row.get("student", "")


def _person(row: Mapping[str, str], where: str) -> Person:
    if CANVAS_COLUMNS["login"] in row:
        fields: dict[str, str] = {
            name: row.get(column, "") for name, column in CANVAS_COLUMNS.items()
        }
        fields["student"] = fields["sis_id"] or fields["login"] or fields["canvas_id"]
    else:
        fields = {
            name: next((row[c] for c in columns if row.get(c)), "")
            for name, columns in COLUMNS.items()
        }
        if not fields["name"]:
            names = (row.get("first name", ""), row.get("last name", ""))
            fields["name"] = " ".join(filter(None, names))
    if not fields["student"]:
        raise UsageError(f"{where}: no id in the column `student` (or sid, identifier)")
    submitted_at, deadline = (
        parse_time(text, where) if (text := fields.pop(name, "")) else None
        for name in ("submitted_at", "deadline")
    )
    return Person(
        student=fields["student"],
        name=fields["name"],
        email=fields.get("email", ""),
        login=fields["login"],
        canvas_id=fields["canvas_id"],
        sis_id=fields["sis_id"],
        section=fields["section"],
        github=fields.get("github", ""),
        submitted_at=submitted_at,
        deadline=deadline,
    )


def _refuse_shared(people: Sequence[Person], path: Path) -> None:
    holders: dict[str, str] = {}
    for person in people:
        for each in person.keys:
            if holders.setdefault(each, person.student) != person.student:
                raise UsageError(
                    f"{path}: {each!r} stands for two students,"
                    f" {holders[each]} and {person.student}"
                )
    for student, count in Counter(key(person.student) for person in people).items():
        if count > 1:
            raise UsageError(f"{path}: the student {student!r} is there {count} times")
