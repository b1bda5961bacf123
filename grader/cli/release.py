"""Commands that make what leaves the house: notebooks, the handout, Gradescope's archive."""

from pathlib import Path
from typing import Annotated

import typer

from grader.cli.common import errors


def notebook(
    out: Annotated[Path, typer.Argument(help="The folder to write to.", show_default=False)],
    student: Annotated[Path, typer.Option(help="The stubs.")] = Path("student"),
) -> None:
    """Make a notebook for each topic from the stubs, to hand out instead of modules.

    Example: `grader notebook notebooks`
    """
    from grader.author.notebooks import write_notebooks

    with errors():
        for path in write_notebooks(student, out):
            typer.echo(f"{path} written")


def handout(
    out: Annotated[Path, typer.Argument(help="A new folder.", show_default=False)],
    reference: Annotated[Path, typer.Option(help="The worked solutions.")] = Path("reference"),
) -> None:
    """Build what students get: stubs, public checks, the grader; no answer, no hidden check.

    Example: `grader handout ../homework`
    """
    from grader.author.handout import write_handout

    with errors():
        write_handout(reference, out)
    typer.echo(f"{out} built: `make grade` in it works on its own")
