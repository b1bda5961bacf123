"""The doctor's findings for a terminal."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text


class State(StrEnum):
    """How something is."""

    OK = "ok"
    WARNING = "warning"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that grading needs: how it is, and the command that mends it."""

    area: str
    what: str
    state: State
    detail: str = ""
    fix: str = ""


_STYLES = {State.OK: "green", State.WARNING: "yellow", State.BROKEN: "bold red"}


def print_findings(console: Console, findings: Sequence[Finding]) -> None:
    """A line for each, what mends it below, and what it comes to."""
    for area, group in groupby(findings, key=lambda finding: finding.area):
        console.print(Text(area, style="bold"))
        grid = Table.grid(padding=(0, 2))
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold")
        grid.add_column(overflow="fold")
        for finding in group:
            state = Text(finding.state.value, style=_STYLES[finding.state])
            detail = Text(finding.detail)
            if finding.fix:
                detail.append(f"\n{finding.fix}", style="cyan")
            grid.add_row(state, Text(finding.what), detail)
        console.print(Padding(grid, (0, 0, 1, 2)))
    states = [finding.state for finding in findings]
    broken, warnings = states.count(State.BROKEN), states.count(State.WARNING)
    if broken:
        console.print(Text(f"Grading does not work here. Broken: {broken}.", style="bold red"))
    elif warnings:
        console.print(Text(f"Grading works here. Warnings: {warnings}.", style="yellow"))
    else:
        console.print(Text("Grading works here.", style="green"))
