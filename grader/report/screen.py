"""What `grader watch` shows while it runs."""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from datetime import datetime

from rich.console import Console
from rich.text import Text

from grader.records import CheckScore, Report, Status
from grader.report.digest import in_full, one_line, totals
from grader.report.terminal import failure, summary

Progress = Callable[[int], AbstractContextManager[Callable[[str], None]]]


class WatchScreen:
    """A clear screen for each run: failures as they are found, then the score."""

    def __init__(self, console: Console, title: str, progress: Progress) -> None:
        """`progress(total)` opens a bar and gives what advances it by one named step."""
        self._console = console
        self._title = title
        self._progress = progress
        self._running = ExitStack()
        self._told: set[str] = set()

    def __enter__(self) -> "WatchScreen":
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    def begin(self, checks: int) -> None:
        """A run of so many checks begins: clear what the last one said."""
        self._told.clear()
        self._console.clear()
        line = Text(one_line(self._title), style="bold")
        line.append(f"  saved {datetime.now():%H:%M:%S}", style="dim")
        self._console.print(line, Text())
        self._step = self._running.enter_context(self._progress(checks))

    def tell(self, check: CheckScore) -> None:
        """A check is done: show it if it is not in order."""
        self._step(check.id)
        for one in in_full([check]):
            # A module that does not load fails every check with the same words.
            if one.status is Status.IMPORT_ERROR and one.message in self._told:
                continue
            self._told.add(one.message)
            self._console.print(failure(one))

    def soon(self, report: Report, left: int) -> None:
        """Say the score so far; `left` checks, which count as before the save, are still to run."""
        others = "1 other check counts" if left == 1 else f"{left} other checks count"
        line = Text(totals(report), style="bold")
        line.append(f"; {others} as before the save, and run now", style="dim")
        self._console.print(line)

    def end(self, report: Report | None) -> None:
        """The run is over; without a report it was ended."""
        self._running.close()
        if report is not None:
            self._console.print(summary(report))
            self._console.print(Text("Waiting for the next save; Ctrl-C ends.", style="dim"))
