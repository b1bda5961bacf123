"""Commands about this machine: data, doctor."""

from typing import Annotated

import typer
from rich.console import Console

from grader.cli.common import UNUSABLE, errors


def data(
    resnet50: Annotated[
        bool, typer.Option("--resnet50", help="ResNet-50's weights too (98 MB).")
    ] = False,
    handout_classifier: Annotated[
        bool,
        typer.Option(
            "--handout-classifier",
            help="The handout's own MNIST classifier too, to compare its figures (7 MB).",
        ),
    ] = False,
) -> None:
    """Fetch what does not ship: the full MNIST, for training. Grading needs none of it.

    Adversarial examples are judged by ResNet-50 where its weights are, elsewhere by a smaller
    classifier.

    Example: `grader data`
    """
    from grader.data.fetch import fetch_handout_classifier, fetch_mnist
    from grader.data.imagenet import fetch_resnet50

    with errors():
        typer.echo(f"MNIST is in {fetch_mnist()}")
        if resnet50:
            typer.echo(f"ResNet-50's weights are in {fetch_resnet50()}")
        if handout_classifier:
            where = fetch_handout_classifier()
            typer.echo(f"The handout's classifier, of the right shape and accuracy, is in {where}")


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
