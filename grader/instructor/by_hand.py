"""What a person decides, read from CSV files: points for manual items, and late days that count."""

import math
from collections.abc import Mapping
from pathlib import Path

from grader.batch.students import read_table
from grader.errors import UsageError
from grader.rubric import CheckEntry

MOST_DAYS = 366.0


def read_points(path: Path, index: Mapping[str, CheckEntry]) -> list[tuple[str, str, float, str]]:
    """Rows of (student, check, points, note); UsageError with the line for one that cannot be.

    `index` holds the checks of the gradebook.
    """
    found = []
    for line, row in _rows(path, ("student", "check", "points")):
        where = f"{path}:{line}"
        entry = index.get(row["check"])
        if entry is None or entry.kind != "manual":
            known = [one.id for one in index.values() if one.kind == "manual"]
            raise UsageError(
                f"{where}: {row['check']!r} is no manual item of this gradebook;"
                f" it has {', '.join(known) or 'none'}"
            )
        points = _number(row["points"], where, entry.points)
        found.append((row["student"], entry.id, points, row.get("note", "")))
    return found


def read_late_days(path: Path) -> list[tuple[str, float, str]]:
    """Rows of (student, days, note); UsageError with the line for one that cannot be."""
    return [
        (
            row["student"],
            _number(row["late_days"], f"{path}:{line}", MOST_DAYS),
            row.get("note", ""),
        )
        for line, row in _rows(path, ("student", "late_days"))
    ]


def _rows(path: Path, columns: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    rows = [(line, row) for line, row in read_table(path) if any(row.values())]
    for line, row in rows:
        absent = [column for column in columns if not row.get(column)]
        if absent:
            raise UsageError(f"{path}:{line}: nothing in {', '.join(absent)}")
    return rows


def _number(text: str, where: str, most: float) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value <= most:
        raise UsageError(f"{where}: {text!r} is not between 0 and {most:g}")
    return value
