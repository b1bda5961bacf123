"""Commands for a whole class: batch, regrade, diff."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from grader.cli.common import (
    GRADER_FAILED,
    AssignmentOption,
    IsolationOption,
    OnlyOption,
    SeedOption,
    errors,
    interruptible,
)
from grader.records import Mode

if TYPE_CHECKING:  # the command line starts without what it may not need
    from grader.batch.engine import Engine
    from grader.batch.run import Standing, Summary

INTERRUPTED = 130
SAY_EVERY_S = 30.0
"""Between two lines of progress where there is no terminal."""

GradebookOption = Annotated[
    Path, typer.Option(help="The class's gradebook, one SQLite file.", show_default=False)
]
StudentsOption = Annotated[Path | None, typer.Option(help="The class list, a CSV.")]
KeyOption = Annotated[
    Path | None, typer.Option(help="The pseudonyms' key, where names stay out of the gradebook.")
]
JobsOption = Annotated[
    int, typer.Option(help="Submissions graded at once; 0 takes one for each processor.", min=0)
]
DaskOption = Annotated[
    str | None,
    typer.Option(help="Grade on Dask workers: a scheduler's address, or `local` to start some."),
]


def batch(
    submissions: Annotated[
        list[Path],
        typer.Argument(
            help="A folder of submissions, a Gradescope export, a Canvas download, or a CSV of"
            " cloned repositories.",
            show_default=False,
        ),
    ],
    gradebook: GradebookOption,
    assignment: AssignmentOption = None,
    only: OnlyOption = None,
    students: StudentsOption = None,
    deadline: Annotated[
        str | None, typer.Option(help="When it is due: 2026-03-01T23:59-08:00.")
    ] = None,
    grace_minutes: Annotated[
        int, typer.Option(help="Minutes after the deadline that are not late.", min=0)
    ] = 0,
    pseudonyms: KeyOption = None,
    seed: SeedOption = 0,
    isolation: IsolationOption = "auto",
    jobs: JobsOption = 0,
    dask: DaskOption = None,
) -> None:
    """Grade a class into a gradebook. Cut off at any instant, the same command goes on from there.

    Example: `grader batch submissions --assignment hw5 --gradebook class.sqlite`
    """
    from datetime import timedelta

    from grader.batch.given import Sources
    from grader.batch.records import Scope
    from grader.batch.roster import Deadline
    from grader.batch.run import Settings, grade_class
    from grader.batch.students import parse_time

    with errors(), interruptible():
        due = None
        if deadline is not None:
            due = Deadline(parse_time(deadline, "--deadline"), timedelta(minutes=grace_minutes))
        sources = Sources(submissions, students, due, pseudonyms)
        scope = Scope(assignment, tuple(only or ()), pseudonymous=pseudonyms is not None)
        settings = Settings(scope, seed, isolation)
        with _engine(dask, isolation, jobs) as engine, _progress() as step:
            summary = grade_class(gradebook, sources, settings, engine, step)
    _tell(summary, gradebook)


def regrade(
    gradebook: GradebookOption,
    submissions: Annotated[
        list[Path] | None,
        typer.Argument(help="Where the submissions are, if the gradebook keeps no paths."),
    ] = None,
    only: OnlyOption = None,
    everything: Annotated[
        bool, typer.Option("--everything", help="Run the checks even if nothing has changed.")
    ] = False,
    never_lower: Annotated[
        bool, typer.Option("--never-lower", help="Everybody keeps at least the score of now.")
    ] = False,
    students: StudentsOption = None,
    pseudonyms: KeyOption = None,
    isolation: IsolationOption = "auto",
    jobs: JobsOption = 0,
    dask: DaskOption = None,
) -> None:
    """Run what a mended check touches: its outcomes alone, with the seed of the last run.

    Example: `grader regrade --gradebook class.sqlite --never-lower`
    """
    from grader.batch.given import Sources
    from grader.batch.run import regrade as regrade_class

    with (
        errors(),
        interruptible(),
        _engine(dask, isolation, jobs) as engine,
        _progress() as step,
    ):
        summary = regrade_class(
            gradebook,
            engine,
            mode=isolation,
            sources=Sources(submissions, students, None, pseudonyms) if submissions else None,
            only=only or (),
            everything=everything,
            never_lower=never_lower,
            on_progress=step,
        )
    _tell(summary, gradebook)


def diff(
    gradebook: GradebookOption,
    from_run: Annotated[
        int | None, typer.Option("--from", help="The run to start from.", show_default=False)
    ] = None,
    to_run: Annotated[
        int | None, typer.Option("--to", help="The run to end at; without it, now.")
    ] = None,
    never_lower: Annotated[
        bool, typer.Option("--never-lower", help="Show lower scores as kept.")
    ] = False,
    json: Annotated[Path | None, typer.Option(help="Write it here; - for standard output.")] = None,
) -> None:
    """Show whose score changed, by how much and why. Writes nothing into the gradebook.

    Example: `grader diff --gradebook class.sqlite`
    """
    from json import dumps

    from grader.batch.diff import difference
    from grader.batch.diff_table import print_difference, to_dict
    from grader.batch.gradebook import Gradebook
    from grader.outputs import STDOUT, write

    with errors():
        with Gradebook(gradebook) as book:
            found = difference(book, from_run, to_run, never_lower)
        text = dumps(to_dict(found), indent=2) + "\n"
        if json is not None and json != STDOUT:
            write(json, text)
    if json == STDOUT:
        sys.stdout.write(text)
    else:
        print_difference(found, Console(highlight=False))


@contextmanager
def _engine(dask: str | None, isolation: Mode, jobs: int) -> Iterator["Engine"]:
    engine: Engine
    if dask is None:
        from grader.batch.engine_local import LocalEngine

        engine = LocalEngine(isolation, jobs)
    else:
        from grader.batch.engine_dask import DaskEngine

        engine = DaskEngine(dask, isolation, jobs)
    try:
        yield engine
    except KeyboardInterrupt:
        Console(stderr=True).print("interrupted: the same command goes on from here")
        raise typer.Exit(INTERRUPTED) from None
    finally:
        engine.close()


@contextmanager
def _progress() -> Iterator[Callable[["Standing"], None]]:
    """A bar with the time left on a terminal; elsewhere a line now and then, for a log."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total} checks"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    disabled = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=disabled) as bar:
        task = bar.add_task("reading the submissions", total=None)
        started = said = time.monotonic()

        def step(standing: "Standing") -> None:
            nonlocal said
            words = f"{standing.submissions} of {standing.of_submissions} submissions"
            bar.update(task, description=words, completed=standing.checks, total=standing.of_checks)
            if disabled and time.monotonic() - said > SAY_EVERY_S:
                said = time.monotonic()
                rate = standing.checks / (said - started)
                left = (standing.of_checks - standing.checks) / rate / 60 if rate else 0.0
                console.print(f"{words}, about {left:.0f} min left")

        yield step


def _tell(summary: "Summary", gradebook: Path) -> None:
    """Say what a run did; exit 3 if a part of it could not be judged."""
    from grader.report.digest import plain

    console = Console(highlight=False)
    for remark in summary.remarks:
        console.print(escape(plain(remark)), soft_wrap=True)
    for student, why in (*summary.problems, *summary.unread):
        console.print(escape(plain(f"{student}: {why}")), soft_wrap=True)
    console.print(
        f"{summary.gradable - len(summary.unread)} of {summary.students} students graded:"
        f" {summary.found} outcomes found, {summary.kept} known before;"
        f" run {summary.run} in {escape(str(gradebook))}",
        soft_wrap=True,
    )
    if summary.grader_errors:
        console.print(
            f"{summary.grader_errors} checks failed through the grader's own fault: these scores"
            " are not final; the same command tries them again"
        )
    if summary.grader_errors or summary.unread:
        raise typer.Exit(GRADER_FAILED)
