"""What the author's proofs found, for a terminal."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from statistics import median

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.author.audit import CheckRow
from grader.author.mutants import Tally, killed
from grader.author.sameness import Flaky

SHOWN = 200
"""Characters of a field that changed, from a little before the first that differs."""


def print_audit(
    console: Console,
    rows: Mapping[str, CheckRow],
    defects: Sequence[tuple[str, str]],
    graded: int,
    in_checks: float | None,
    alone: Mapping[str, int],
) -> None:
    """A line per check, then whatever is not in order, and the share of time spent in checks.

    `alone` counts the chaffs that no other check fails.
    """
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("check", overflow="fold")
    for name in ("killers", "alone", "right", "seconds"):
        table.add_column(name, justify="right", no_wrap=True)
    for check, row in rows.items():
        if row.seconds or row.killers:
            seconds = f"{median(row.seconds):.2f}" if row.seconds else ""
            killers, only = str(len(row.killers)), str(alone.get(check, 0))
            table.add_row(check, killers, only, str(row.right), seconds)
    console.print(table)
    spare = [check for check, row in rows.items() if row.killers and not alone.get(check)]
    if spare:
        console.print(f"no chaff needs these alone: {', '.join(spare)}", style="dim")
    for where, what in defects:
        console.print(Text(f"{where}: {what}", style="red"))
    console.print(Text(f"{graded} submissions graded, {len(defects)} not in order", style="bold"))
    if in_checks is not None:
        console.print(f"{in_checks:.0%} of the time for those that ran was spent in their checks")


def print_tallies(console: Console, rows: Sequence[Tally]) -> None:
    """A line per function, then the survivors, and the share of all that lose points."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("topic", "function"):
        table.add_column(name, overflow="fold")
    for name in ("mutants", "equivalent", "lose points"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(
            row.topic, row.function, str(row.mutants), str(row.equivalent), f"{killed([row]):.0%}"
        )
    console.print(table)
    for row in rows:
        for survivor in row.survivors:
            console.print(Text(f"{row.topic} survives: {survivor}", style="red"))
    counted = sum(row.counted for row in rows)
    lost = counted - sum(len(row.survivors) for row in rows)
    console.print(Text(f"{lost} of {counted} mutants lose points: {killed(rows):.1%}", "bold"))


def print_tight(console: Console, tight: Sequence[tuple[str, str, float]], headroom: float) -> None:
    """The tolerances that right answers come close to."""
    for check, tolerance, share in tight:
        console.print(f"{check}: {share:.0%} of a tolerance is used ({tolerance})")
    if not tight:
        console.print(f"no right answer used more than 1/{headroom:g} of a tolerance")


def print_flaky(console: Console, changed: Sequence[Flaky], submissions: int, times: int) -> None:
    """What changed from one run to another, field by field."""
    for one in changed:
        console.print(Text(f"FLAKY {one.check} of {one.case}, run {one.run}", "bold red"))
        for field in fields(one.before):
            before, after = (str(getattr(o, field.name)) for o in (one.before, one.after))
            if before != after:
                pairs = enumerate(zip(before, after, strict=False))
                apart = next((i for i, (a, b) in pairs if a != b), min(len(before), len(after)))
                start = max(0, apart - SHOWN // 4)
                shown = slice(start, start + SHOWN)
                console.print(Text(f"  {field.name}: {before[shown]} -> {after[shown]}"))
    console.print(f"{submissions} submissions, {times} times each: {len(changed)} verdicts changed")
