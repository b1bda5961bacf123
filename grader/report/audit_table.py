"""The audit's result for a terminal."""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Protocol

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text


class Row(Protocol):
    """What is shown of a check."""

    killers: list[str]
    right: int
    seconds: list[float]


def print_audit(
    console: Console,
    rows: Mapping[str, Row],
    defects: Sequence[tuple[str, str]],
    graded: int,
) -> None:
    """A line per check, then whatever is not in order."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("check", overflow="fold")
    for name in ("killers", "right", "seconds"):
        table.add_column(name, justify="right", no_wrap=True)
    for check, row in rows.items():
        if row.seconds or row.killers:
            seconds = f"{median(row.seconds):.2f}" if row.seconds else ""
            table.add_row(check, str(len(row.killers)), str(row.right), seconds)
    console.print(table)
    for where, what in defects:
        console.print(Text(f"{where}: {what}", style="red"))
    console.print(Text(f"{graded} submissions graded, {len(defects)} not in order", style="bold"))
