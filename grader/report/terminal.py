"""The report for a terminal: a table per topic, then each failure in full."""

from collections.abc import Iterator
from itertools import groupby

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.records import CheckScore, ProblemScore, Report, Status

_WORDS = {
    Status.GRADER_ERROR: ("grader error", "bold magenta"),
    Status.VIOLATION: ("violation", "bold red"),
    Status.CRASHED: ("crashed", "red"),
    Status.OUT_OF_MEMORY: ("out of memory", "red"),
    Status.TIMEOUT: ("timeout", "red"),
    Status.OUTPUT_LIMIT: ("too much output", "red"),
    Status.IMPORT_ERROR: ("does not load", "red"),
    Status.FAILED: ("failed", "red"),
    Status.REFUSED: ("refused", "red"),
    Status.NOT_IMPLEMENTED: ("not implemented", "yellow"),
    Status.SKIPPED: ("skipped", "yellow"),
    Status.PENDING: ("pending", "cyan"),
    Status.PASSED: ("passed", "green"),
}
_IN_FULL = set(Status) - {Status.PASSED, Status.PENDING, Status.NOT_IMPLEMENTED}


def render(report: Report) -> RenderableType:
    """The whole report, for a Rich console to print."""
    parts: list[RenderableType] = []
    for topic, problems in groupby(report.problems, key=lambda problem: problem.topic):
        parts += [_topic(topic, list(problems)), Text()]
    parts += list(_failures(report))
    parts.append(_totals(report))
    return Group(*parts)


def print_report(report: Report, console: Console) -> None:
    """Print the report; without colour where the console has none."""
    console.print(render(report))


def _topic(topic: str, problems: list[ProblemScore]) -> Table:
    table = Table(title=topic, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD,
                  pad_edge=False, expand=False)  # fmt: skip
    table.add_column("part")
    table.add_column("points", justify="right", no_wrap=True)
    table.add_column("checks", overflow="fold")
    for problem in problems:
        extra = " (extra credit)" if problem.extra_credit else ""
        name = Text(problem.title + extra, overflow="fold")
        points = f"{problem.points:g} / {problem.max_points:g}"
        table.add_row(name, Text(points), _summary(problem.checks))
    return table


def _summary(checks: tuple[CheckScore, ...]) -> Text:
    """How many checks have each status, passed first."""
    text = Text()
    for status in reversed(Status):
        count = sum(check.status is status for check in checks)
        if count:
            word, style = _WORDS[status]
            text.append(", " if text else "")
            text.append(f"{count} {word}", style=style)
    return text


def _failures(report: Report) -> Iterator[RenderableType]:
    checks = [check for problem in report.problems for check in problem.checks]
    yield from _not_implemented([c for c in checks if c.status is Status.NOT_IMPLEMENTED])
    shown: set[str] = set()
    for check in checks:
        if check.status not in _IN_FULL:
            continue
        if check.status is Status.IMPORT_ERROR:
            # The same words for every check of the module: once is enough.
            if check.message in shown:
                continue
            shown.add(check.message)
        yield _failure(check)
    for check in checks:
        for note in check.notes if check.status is Status.PASSED else ():
            yield Text(f"{check.id}: {note}", style="dim")
    if any(check.notes for check in checks if check.status is Status.PASSED):
        yield Text()


def _not_implemented(checks: list[CheckScore]) -> Iterator[RenderableType]:
    if not checks:
        return
    yield Text("Not implemented yet", style="bold")
    for topic, group in groupby(checks, key=lambda check: check.id.split(".")[0]):
        names: dict[str, None] = {}
        absent: dict[str, None] = {}
        for check in group:
            names.update(dict.fromkeys(check.functions))
            if " is not in the submission" in check.message or " has no " in check.message:
                absent[check.message] = None
        yield Padding(Text(f"{topic}: {', '.join(names)}", style="yellow"), (0, 0, 0, 2))
        for message in absent:
            yield Padding(Text(message), (0, 0, 0, 4))
    yield Text()


def _failure(check: CheckScore) -> RenderableType:
    word, style = _WORDS[check.status]
    head = Text()
    head.append(f"{word.upper()} ", style=style)
    head.append(check.id, style="bold")
    head.append(f"  {check.title} ({check.points:g} / {check.max_points:g})")
    lines: list[RenderableType] = [head]
    rows: list[tuple[str, str]] = []
    if check.message:
        rows.append(("", check.message))
    found = check.counterexample
    if found is not None:
        rows += [("call", found.call), ("got", found.got), ("expected", found.expected)]
        rows.append(("replay", found.replay))
    rows += [("measured", note) for note in check.notes]
    if check.printed:
        last = check.printed[-600:]
        rows.append(("printed", last))
    grid = Table.grid(padding=(0, 1))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, text in rows:
        if text:
            grid.add_row(name, Text(text))
    return Group(*lines, Padding(grid, (0, 0, 1, 2)))


def _totals(report: Report) -> Text:
    text = Text()
    text.append(f"Score {report.score:g} of {report.max_score:g}", style="bold")
    if report.max_extra_credit:
        text.append(f", extra credit {report.extra_credit:g} of {report.max_extra_credit:g}")
    if report.pending:
        text.append(f", {report.pending:g} points pending (graded by a person)")
    missing = [name for name, held in report.isolation.layers.items() if not held]
    isolation = f"isolation {report.isolation.level}"
    if missing:
        isolation += f" (missing: {', '.join(missing)})"
    text.append(f"\n{report.submission}, {isolation}, {report.seconds:.1f} s", style="dim")
    for remark in report.remarks:
        text.append(f"\n{remark}", style="yellow")
    if any(c.status is Status.GRADER_ERROR for p in report.problems for c in p.checks):
        text.append(
            "\nSome checks could not be judged through the grader's own fault: this score is not"
            " final. It is no fault of the submission.",
            style="bold magenta",
        )
    return text
