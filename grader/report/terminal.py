"""The report for a terminal: a table per topic, then each failure in full."""

from collections.abc import Iterator

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.records import CheckScore, ProblemScore, Report, Status
from grader.report.digest import (
    NOT_FINAL,
    WORDS,
    Unwritten,
    by_topic,
    counts,
    deductions,
    facts_and_print,
    in_full,
    isolation,
    one_line,
    plain,
    share,
    totals,
    unwritten,
)
from grader.scoring import has_grader_error

_STYLES = {
    Status.GRADER_ERROR: "bold magenta",
    Status.VIOLATION: "bold red",
    Status.NOT_IMPLEMENTED: "yellow",
    Status.SKIPPED: "yellow",
    Status.PENDING: "cyan",
    Status.PASSED: "green",
}
_OTHER_STYLE = "red"


def render(report: Report) -> RenderableType:
    """The whole report, for a Rich console to print."""
    return Group(*_topics(report), *_failures(report), _totals(report))


def summary(report: Report) -> RenderableType:
    """The same without what `failure` tells, for whoever has seen that."""
    return Group(*_topics(report), *_not_implemented(unwritten(report)), _totals(report))


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
        points = share(problem.points, problem.max_points)
        table.add_row(name, Text(points), _summary(problem.checks))
    return table


def _summary(checks: tuple[CheckScore, ...]) -> Text:
    """How many checks have each status, passed first."""
    text = Text()
    for status, count in counts(checks):
        text.append(", " if text else "")
        text.append(f"{count} {WORDS[status]}", style=_style(status))
    return text


def _topics(report: Report) -> Iterator[RenderableType]:
    for topic, problems in by_topic(report):
        yield from (_topic(topic, problems), Text())


def _failures(report: Report) -> Iterator[RenderableType]:
    checks = report.checks
    yield from _not_implemented(unwritten(report))
    for check in in_full(checks):
        yield failure(check)
    for check in checks:
        for note in check.notes if check.status is Status.PASSED else ():
            yield Text(f"{check.id}: {plain(note)}", style="dim")
    if any(check.notes for check in checks if check.status is Status.PASSED):
        yield Text()


def _not_implemented(topics: list[Unwritten]) -> Iterator[RenderableType]:
    if not topics:
        return
    yield Text("Not implemented yet", style="bold")
    for found in topics:
        line = f"{found.topic}: {', '.join(found.functions)}"
        yield Padding(Text(line, style="yellow"), (0, 0, 0, 2))
        for message in found.absent:
            yield Padding(Text(plain(message)), (0, 0, 0, 4))
    yield Text()


def failure(check: CheckScore) -> RenderableType:
    """One check in full."""
    head = Text()
    head.append(f"{WORDS[check.status].upper()} ", style=_style(check.status))
    head.append(check.id, style="bold")
    head.append(f"  {check.title} ({share(check.points, check.max_points)})")
    grid = Table.grid(padding=(0, 1))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, text in facts_and_print(check):
        grid.add_row(name, Text(plain(text)))
    return Group(head, Padding(grid, (0, 0, 1, 2)))


def _totals(report: Report) -> Text:
    score, comma, beside = totals(report).partition(",")
    text = Text()
    text.append(score, style="bold")
    text.append(comma + beside)
    for line in deductions(report):
        text.append(f"\n{line}", style="red")
    where = f"{one_line(report.submission)}, {isolation(report)}, {report.seconds:.1f} s"
    text.append(f"\n{where}", style="dim")
    for remark in report.remarks:
        text.append(f"\n{one_line(remark, 500)}", style="yellow")
    if has_grader_error(report):
        text.append(f"\n{NOT_FINAL}", style="bold magenta")
    return text


def _style(status: Status) -> str:
    return _STYLES.get(status, _OTHER_STYLE)
