"""CSV files that a person or another program writes: what cannot be used is named by its line."""

import csv
import math
from collections.abc import Iterator, Mapping
from pathlib import Path

from grader.errors import UsageError
from grader.rubric import CheckEntry


def read_table(path: Path) -> list[tuple[int, dict[str, str]]]:
    """The rows of a CSV with their line numbers; column names in lower case, cells stripped."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file, strict=True)
            return [(reader.line_num, _cells(row)) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path} cannot be read as CSV: {error}") from error


def read_rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[str, dict[str, str]]]:
    """The rows that are not blank, each with its place in words; UsageError for an empty cell.

    `columns` are those in which every row has to have something.
    """
    for line, row in read_table(path):
        absent = [column for column in columns if not row.get(column)]
        if absent and any(row.values()):
            raise UsageError(f"{path}:{line}: nothing in {', '.join(absent)}")
        if not absent:
            yield f"{path}:{line}", row


def number(text: str, where: str, most: float) -> float:
    """A number from 0 to `most`; UsageError for anything else."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value <= most:
        raise UsageError(f"{where}: {text!r} is not between 0 and {most:g}")
    return value


def manual_item(name: str, where: str, index: Mapping[str, CheckEntry]) -> CheckEntry:
    """The manual item of that name among these checks; UsageError for any other name."""
    entry = index.get(name)
    if entry is None or entry.kind != "manual":
        known = [one.id for one in index.values() if one.kind == "manual"]
        raise UsageError(
            f"{where}: {name!r} is no manual item here; there are {', '.join(known) or 'none'}"
        )
    return entry


def _cells(row: Mapping[str | None, object]) -> dict[str, str]:
    # Cells beyond the header come under None, as a list; absent ones are None.
    return {name.strip().lower(): str(cell or "").strip() for name, cell in row.items() if name}
