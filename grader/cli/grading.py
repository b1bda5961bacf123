"""Commands for who is graded: grade, replay, checks."""

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from grader.cli.common import (
    BELOW,
    GRADER_FAILED,
    AssignmentOption,
    CanvasColumnOption,
    CanvasOption,
    IsolationOption,
    OnlyOption,
    SeedOption,
    SubmissionArgument,
    complete_check,
    errors,
    interruptible,
    progress,
)
from grader.records import Mode, Status
from grader.rubric import load_rubric


def grade(
    submission: SubmissionArgument,
    only: OnlyOption = None,
    assignment: AssignmentOption = None,
    json: Annotated[
        Path | None, typer.Option(help="Write the JSON report here; - for standard output.")
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Write a page to read here.")] = None,
    junit: Annotated[Path | None, typer.Option(help="Write JUnit XML here.")] = None,
    gradescope: Annotated[
        Path | None, typer.Option(help="Write Gradescope's results.json here.")
    ] = None,
    markdown: Annotated[Path | None, typer.Option(help="Write Markdown here.")] = None,
    canvas: CanvasOption = None,
    canvas_column: CanvasColumnOption = "Homework",
    github: Annotated[
        bool, typer.Option("--github", help="In GitHub Actions: job summary and annotations.")
    ] = False,
    seed: SeedOption = 0,
    isolation: IsolationOption = "auto",
    jobs: Annotated[
        int, typer.Option(help="Checks run at once; 0 takes one for each processor.", min=0)
    ] = 0,
    fail_under: Annotated[
        float | None, typer.Option(help="Exit with 1 below this percentage.", min=0, max=100)
    ] = None,
    manual: Annotated[
        Path | None, typer.Option(help="CSV with points given by hand: check,points.")
    ] = None,
    no_cache: Annotated[
        bool,
        typer.Option(
            "--no-cache", envvar="GRADER_NO_CACHE", help="Run unchanged topics again, too."
        ),
    ] = False,
) -> None:
    """Grade a submission and print its report. The outputs combine in one run.

    Example: `grader grade student --only hw2_least_squares --html report.html`
    """
    from grader import outputs
    from grader.cache import open_cache
    from grader.engine.session import Session
    from grader.grading import Request, wanted_checks
    from grader.grading import grade as grade_request
    from grader.report.terminal import print_report
    from grader.scoring import has_grader_error, percent

    wanted = {
        "--json": json,
        "--html": html,
        "--junit": junit,
        "--gradescope": gradescope,
        "--markdown": markdown,
        "--canvas": canvas,
    }
    cache = None if no_cache else open_cache(isolation)
    with errors(), cache or nullcontext():
        paths = outputs.check_paths(wanted)
        if github:
            outputs.check_github()
        request = Request(submission, assignment, tuple(only or ()), seed, isolation, manual)
        total = len(wanted_checks(request))
        with interruptible(), Session(jobs) as session, progress(total) as step:
            report = grade_request(
                request, session, lambda outcome: step(outcome.check), partial=True, cache=cache
            )
        if cache is not None and cache.reused:
            known = f"{cache.reused} of {total} checks are as in an earlier run of the same files"
            typer.echo(f"{known}; --no-cache runs them again", err=True)
        to_stdout = json == outputs.STDOUT
        try:
            outputs.write_files(report, paths, canvas={"column": canvas_column})
        finally:
            if to_stdout:
                sys.stdout.write(outputs.render("--json", report))
            else:
                with outputs.quiet_log(sys.stdout):
                    print_report(report, Console(highlight=False))
        if github:
            outputs.tell_github(report, sys.stderr if to_stdout else sys.stdout)
    if has_grader_error(report):
        raise typer.Exit(GRADER_FAILED)
    if fail_under is not None and percent(report) < fail_under:
        raise typer.Exit(BELOW)


def replay(
    check: Annotated[
        str,
        typer.Argument(
            help="The check that failed.", show_default=False, autocompletion=complete_check
        ),
    ],
    submission: SubmissionArgument,
    debug: Annotated[bool, typer.Option("--pdb", help="Stop in the debugger.")] = False,
    seed: SeedOption = 0,
    isolation: Annotated[Mode, typer.Option(help="For finding the input.")] = "auto",
) -> None:
    """Make a check's smallest failing call in this interpreter, without the sandbox.

    Only for a submission that you trust: it runs as you.

    Example: `grader replay hw2_least_squares.pinv_agrees_with_svd student --pdb`
    """
    from grader.engine.replay import find_failure, summary
    from grader.engine.replay import replay as replay_calls

    with errors():
        failure = find_failure(check, submission, seed, isolation)
        typer.echo(summary(failure))
        if failure.outcome.status is not Status.PASSED:
            module = check.split(".")[0]
            replay_calls(failure, submission.resolve(), module, typer.echo, debug)


def checks(only: OnlyOption = None) -> None:
    """List the checks: what each is called, what it judges, for how many points.

    Example: `grader checks --only hw2_digits`
    """
    from rich.table import Column, Table

    from grader.grading import official

    with errors():
        rubric = load_rubric()
        chosen = rubric.select(None, only or ())
    table = Table(
        Column("check", no_wrap=True), "points", "kind", "what it checks", box=None, pad_edge=False
    )
    for names in chosen.values():
        for name in names:
            entry = rubric.index[name]
            if entry.visibility == "public":
                table.add_row(name, f"{entry.points:g}", entry.kind, entry.title)
    console = Console(highlight=False)
    console.print(table)
    for sentence in official(rubric, None, only or ()):
        console.print(f"\n{sentence}", soft_wrap=True)
