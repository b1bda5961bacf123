"""Commands that make what leaves the house: the handout and Gradescope's archive."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from grader.cli.common import AssignmentOption, SeedOption, errors


def handout(
    out: Annotated[Path, typer.Argument(help="A new folder.", show_default=False)],
    assignment: AssignmentOption = None,
    reference: Annotated[Path, typer.Option(help="The worked solutions.")] = Path("reference"),
) -> None:
    """Build what students get: stubs, public checks, the grader; no answer, no hidden check.

    Example: `grader handout ../homework --assignment hw2`
    """
    from grader.author.handout import write_handout

    with errors():
        write_handout(reference, out, assignment)
    typer.echo(f"{out} built: `make grade` in it works on its own")


def gradescope_zip(
    out: Annotated[Path, typer.Argument(help="The archive to write.", show_default=False)],
    assignment: AssignmentOption = None,
    seed: SeedOption = 0,
    isolation: Annotated[
        Literal["auto", "strict"],
        typer.Option(help="strict wants every layer of the sandbox, auto one that confines."),
    ] = "auto",
) -> None:
    """Build the archive that Gradescope makes an autograder from.

    Example: `grader gradescope-zip hw2.zip --assignment hw2 --seed 2718`
    """
    from grader.author.gradescope import write_archive

    with errors():
        write_archive(out, assignment, seed, isolation)
    typer.echo(f"{out} written: upload it as the assignment's autograder")
