"""Commands about this machine: data, doctor."""

import typer
from rich.console import Console

from grader.cli.common import UNUSABLE, errors


def data() -> None:
    """Fetch the full MNIST for training; grading needs none of it.

    Example: `grader data`
    """
    from grader.data.fetch import fetch_mnist

    with errors():
        typer.echo(f"MNIST is in {fetch_mnist()}")


def doctor() -> None:
    """Say whether grading works here, and what mends what does not. Exit 0 if it works, else 2.

    Example: `grader doctor`
    """
    from grader.doctor import examine, works
    from grader.report.doctor_table import print_findings

    findings = examine()
    print_findings(Console(highlight=False), findings)
    if not works(findings):
        raise typer.Exit(UNUSABLE)
