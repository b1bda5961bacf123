"""What the commands share: exit statuses, options, errors as one sentence, a progress bar."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from grader.errors import DataError, GraderError, UsageError

GRADED, BELOW, UNUSABLE, GRADER_FAILED = 0, 1, 2, 3


class Isolation(StrEnum):
    """How much isolation a run demands."""

    AUTO = "auto"
    STRICT = "strict"
    PROCESS = "process"
    NONE = "none"


class Assignment(StrEnum):
    """The assignments."""

    HW2 = "hw2"
    HW5 = "hw5"


def complete_check(incomplete: str) -> list[str]:
    """The topics, parts and checks that begin so, for a shell."""
    from grader.rubric import load_rubric

    topics = load_rubric().topics
    parts = [f"{topic.name}.{problem.id}" for topic in topics for problem in topic.problems]
    checks = [check.id for topic in topics for check in topic.checks]
    named = [*(topic.name for topic in topics), *parts, *checks]
    return [name for name in named if name.startswith(incomplete)]


def complete_topic(incomplete: str) -> list[str]:
    """The topics that begin so."""
    return [name for name in complete_check(incomplete) if "." not in name]


SubmissionArgument = Annotated[
    Path, typer.Argument(help="A folder, .zip or .tar with the modules.", show_default=False)
]
TopicOption = Annotated[
    str | None, typer.Option(help="This topic alone.", autocompletion=complete_topic)
]
SeedOption = Annotated[int, typer.Option(help="Seed of the drawn inputs.", min=0)]


@contextmanager
def errors() -> Iterator[None]:
    """An expected error is one sentence on standard error, and its exit status."""
    try:
        yield
    except GraderError as error:
        from grader.report.digest import plain

        text = escape(plain(str(error)))
        Console(stderr=True).print(f"[bold red]error:[/] {text}", soft_wrap=True)
        usage = isinstance(error, UsageError | DataError)
        raise typer.Exit(UNUSABLE if usage else GRADER_FAILED) from None


@contextmanager
def interruptible() -> Iterator[None]:
    """SIGTERM ends a run as Ctrl-C does, and no process of this user reads its memory."""
    from grader.sandbox.layers import harden

    harden()
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def progress(total: int | None) -> Iterator[Callable[[str], None]]:
    """A bar on standard error, with what was done last; nothing where that is no terminal.

    `total` is None where nobody knows how much there is to do.
    """
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("starting", total=total)

        def step(done: str) -> None:
            bar.update(task, advance=1, description=done)

        yield step
