"""The audit's result for a terminal."""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Protocol

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.records import Outcome


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
    in_checks: float | None,
) -> None:
    """A line per check, then whatever is not in order, and the share of time spent in checks."""
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
    if in_checks is not None:
        console.print(f"{in_checks:.0%} of the time for those that ran was spent in their checks")


class TallyRow(Protocol):
    """What is shown of a function's mutants."""

    @property
    def topic(self) -> str:
        """The topic's name."""

    @property
    def function(self) -> str:
        """The function's name."""

    @property
    def mutants(self) -> int:
        """How many there are."""

    @property
    def equivalent(self) -> int:
        """How many nobody can tell from the reference."""

    @property
    def survivors(self) -> tuple[str, ...]:
        """Those that lose nothing and should."""

    @property
    def killed(self) -> float:
        """The share that loses points."""


def print_tallies(console: Console, rows: Sequence[TallyRow]) -> float:
    """A line per function, then the survivors; the share of all that lose points is returned."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("topic", "function"):
        table.add_column(name, overflow="fold")
    for name in ("mutants", "equivalent", "lose points"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(
            row.topic, row.function, str(row.mutants), str(row.equivalent), f"{row.killed:.0%}"
        )
    console.print(table)
    for row in rows:
        for survivor in row.survivors:
            console.print(Text(f"{row.topic} survives: {survivor}", style="red"))
    counted = sum(row.mutants - row.equivalent for row in rows)
    lost = counted - sum(len(row.survivors) for row in rows)
    share = lost / counted if counted else 1.0
    console.print(Text(f"{lost} of {counted} mutants lose points: {share:.1%}", style="bold"))
    return share


def print_tight(console: Console, tight: Sequence[tuple[str, str, float]], headroom: float) -> None:
    """The tolerances that right answers come close to."""
    for check, tolerance, share in tight:
        console.print(f"{check}: {share:.0%} of a tolerance is used ({tolerance})")
    if not tight:
        console.print(f"no right answer used more than 1/{headroom:g} of a tolerance")


def print_flaky(
    console: Console,
    changed: Sequence[tuple[str, str, int, Outcome, Outcome]],
    submissions: int,
    times: int,
) -> None:
    """The verdicts that changed from one run to another, with what they were and became."""
    for case, check, run, before, after in changed:
        console.print(Text(f"FLAKY {check} of {case}, run {run}", "bold red"))
        for outcome in (before, after):
            console.print(Text(f"  {outcome.status}: {outcome.message}"))
    console.print(f"{submissions} submissions, {times} times each: {len(changed)} verdicts changed")
