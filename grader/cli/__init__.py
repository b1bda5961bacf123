"""The command line: parse, call, exit code.

Exit status of `grade`: 0 graded, 1 below --fail-under, 2 unusable arguments or submission,
3 the grader's own error.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from grader import __version__
from grader.cli import grading, machine, writing

app = typer.Typer(
    name="grader",
    help="Grade machine-learning homework: property tests and benchmarks in a sandbox.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)

COMMANDS: dict[str, tuple[Callable[..., None], ...]] = {
    "Grade": (grading.grade, writing.watch, grading.replay, grading.checks, writing.notebook),
    "This machine": (machine.doctor, machine.data),
}
"""Panels of the help, and the commands in them."""

# A handout has neither the author's tools nor the commands to them. The file says so, not the
# import system: that would find the modules of another grader that is installed beside this one.
if Path(__file__).with_name("author.py").is_file():
    from grader.cli import author, class_, instructor, release

    COMMANDS |= {
        "Grade a class": (class_.batch, class_.regrade, class_.diff),
        "Read a class": (
            instructor.class_report,
            instructor.by_hand,
            instructor.similar,
            instructor.pseudonyms,
        ),
        "Write an assignment": (
            author.new_topic,
            author.stubs,
            author.audit,
            author.mutants,
            author.calibrate,
            author.repeat,
        ),
        "Hand out": (release.handout, release.gradescope_zip),
    }

for _panel, _commands in COMMANDS.items():
    for _command in _commands:
        app.command(rich_help_panel=_panel)(_command)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"grader {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Grade machine-learning homework: property tests and benchmarks in a sandbox."""
