"""Commands for who is writing answers: watch, notebook."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from grader.cli.common import (
    IsolationOption,
    SeedOption,
    complete_check,
    errors,
    interruptible,
    progress,
)


def watch(
    topic: Annotated[
        str,
        typer.Argument(
            help="A topic, part or check.", show_default=False, autocompletion=complete_check
        ),
    ],
    submission: Annotated[Path, typer.Argument(help="A folder with the modules.")] = Path(
        "student"
    ),
    seed: SeedOption = 0,
    isolation: IsolationOption = "auto",
    jobs: Annotated[
        int, typer.Option(help="Checks run at once; 0 takes one for each processor.", min=0)
    ] = 0,
) -> None:
    """Grade a topic whenever you save its file; what failed last time comes first. Ctrl-C ends it.

    Example: `grader watch hw5_mle`
    """
    from grader.engine.session import Session
    from grader.grading import Request
    from grader.report.screen import WatchScreen
    from grader.watch import watch as watch_request

    request = Request(submission, only=(topic,), seed=seed, mode=isolation)
    screen = WatchScreen(Console(highlight=False), f"{topic} in {submission}", progress)
    with errors(), interruptible(), Session(jobs) as session, screen:
        try:
            watch_request(request, session, screen)
        except KeyboardInterrupt:
            # That is how a watch ends.
            screen.end(None)


def notebook(
    out: Annotated[Path, typer.Argument(help="The folder to write to.", show_default=False)],
    student: Annotated[Path, typer.Option(help="The modules.")] = Path("student"),
) -> None:
    """Make a notebook for each topic from its module, to write the answers into instead.

    Example: `grader notebook notebooks`
    """
    from grader.notebooks import write_notebooks

    with errors():
        for path in write_notebooks(student, out):
            typer.echo(f"{path} written")
