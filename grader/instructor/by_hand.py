"""What a person decides, read from CSV files: points for manual items, and late days that count."""

from collections.abc import Mapping
from pathlib import Path

from grader.rubric import CheckEntry
from grader.tables import manual_item, number, read_rows

MOST_DAYS = 366.0


def read_points(path: Path, index: Mapping[str, CheckEntry]) -> list[tuple[str, str, float, str]]:
    """Rows of (student, check, points, note); UsageError with the line for one that cannot be.

    `index` holds the checks of the gradebook.
    """
    found = []
    for where, row in read_rows(path, ("student", "check", "points")):
        entry = manual_item(row["check"], where, index)
        points = number(row["points"], where, entry.points)
        found.append((row["student"], entry.id, points, row.get("note", "")))
    return found


def read_late_days(path: Path) -> list[tuple[str, float, str]]:
    """Rows of (student, days, note); UsageError with the line for one that cannot be."""
    return [
        (row["student"], number(row["late_days"], where, MOST_DAYS), row.get("note", ""))
        for where, row in read_rows(path, ("student", "late_days"))
    ]
