"""What the commands share: exit statuses, options, errors as one sentence, a progress bar."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from grader.errors import DataError, GraderError, RubricError, UsageError
from grader.records import Mode
from grader.rubric import assignment_titles, load_rubric

BELOW, UNUSABLE, GRADER_FAILED = 1, 2, 3


def _one_of_the_assignments() -> Any:
    """The type that shows the rubric's assignments in help, errors and a shell."""
    try:
        return Literal[tuple(assignment_titles())]
    except RubricError:
        # Whichever command needs the rubric says what is wrong with it.
        return str


if TYPE_CHECKING:
    AssignmentName = str
else:
    AssignmentName = _one_of_the_assignments()


def complete_check(incomplete: str) -> list[str]:
    """The topics, parts and checks that begin so, for a shell."""
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
OnlyOption = Annotated[
    list[str] | None,
    typer.Option(
        help="This topic, part or check alone; may be given again.", autocompletion=complete_check
    ),
]
AssignmentOption = Annotated[
    AssignmentName | None, typer.Option(help="One homework alone.", case_sensitive=False)
]
SeedOption = Annotated[int, typer.Option(help="Seed of the drawn inputs.", min=0)]
IsolationOption = Annotated[
    Mode,
    typer.Option(
        help="strict wants every layer of the sandbox, auto one that confines; process and none do"
        " without, for a submission that you trust."
    ),
]
CanvasOption = Annotated[Path | None, typer.Option(help="Write a CSV for Canvas's gradebook here.")]
CanvasColumnOption = Annotated[
    str, typer.Option(help="The assignment's title and id in Canvas: HW2 (1234).")
]


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
    """SIGTERM ends a run as Ctrl-C does, and no process of this user reads its memory.

    UsageError off Linux: what keeps a submission from the grader is Linux's.
    """
    if sys.platform != "linux":
        raise UsageError("grading needs Linux: run it in WSL, a container or a virtual machine")
    from grader.sandbox.process import harden

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
