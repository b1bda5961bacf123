"""A difference between two states of a gradebook, for the terminal and as plain data."""

from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from grader.batch.diff import Change, CheckChange, Difference
from grader.report.digest import plain


def print_difference(difference: Difference, console: Console) -> None:
    """Print whose score changed, by how much and why."""
    until = "now" if difference.to_run is None else f"run {difference.to_run}"
    console.print(f"From run {difference.from_run} to {until}, of {difference.students} students:")
    if not difference.changes:
        console.print("no score changed")
        return
    table = Table("student", "score", "check", "points", "why", box=None, pad_edge=False)
    for change in difference.changes:
        for number, check in enumerate(change.checks or (None,)):
            who = ("", "") if number else (_who(change), _score(change))
            table.add_row(*who, *(_check(check) if check else ("", "", "")))
    console.print(table)
    up = sum(change.after > change.before for change in difference.changes)
    down = sum(change.after < change.before for change in difference.changes)
    kept = sum(change.kept for change in difference.changes)
    console.print(f"{up} higher, {down} lower, {kept} kept")


def to_dict(difference: Difference) -> dict[str, Any]:
    """The difference as plain data."""
    return asdict(difference)


def _who(change: Change) -> str:
    return escape(plain(f"{change.student} {change.name}".strip()))


def _score(change: Change) -> str:
    kept = f" (found {change.found:g}, kept)" if change.kept else ""
    return f"{change.before:g} -> {change.after:g}{kept}"


def _check(check: CheckChange) -> tuple[str, str, str]:
    statuses = f"{check.status_before} -> {check.status_after}"
    points = f"{check.points_before:g} -> {check.points_after:g}"
    why = "; ".join(check.why)
    if check.status_before != check.status_after:
        why += f" ({statuses})"
    return escape(plain(check.check)), points, escape(plain(why))
