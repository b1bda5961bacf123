"""The command line: parse, call, exit code.

Exit status of `grade`: 0 graded, 1 below --fail-under, 2 unusable arguments or submission,
3 the grader's own error.
"""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from grader import __version__
from grader.errors import DataError, GraderError, UsageError
from grader.records import Status

app = typer.Typer(
    name="grader",
    help="Grade machine-learning homework: property tests and benchmarks in a sandbox.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)

GRADED, BELOW, UNUSABLE, GRADER_FAILED = 0, 1, 2, 3


class Isolation(StrEnum):
    """How much isolation a run demands."""

    AUTO = "auto"
    STRICT = "strict"
    NONE = "none"


class Assignment(StrEnum):
    """The assignments."""

    HW2 = "hw2"
    HW5 = "hw5"


SubmissionArgument = Annotated[
    Path, typer.Argument(help="A folder, .zip or .tar with the modules.", show_default=False)
]
SeedOption = Annotated[int, typer.Option(help="Seed of the drawn inputs.", min=0)]


@contextmanager
def _errors() -> Iterator[None]:
    """An expected error is one sentence on standard error, and its exit status."""
    try:
        yield
    except GraderError as error:
        Console(stderr=True).print(f"[bold red]error:[/] {escape(str(error))}", soft_wrap=True)
        usage = isinstance(error, UsageError | DataError)
        raise typer.Exit(UNUSABLE if usage else GRADER_FAILED) from None


@app.command()
def grade(
    submission: SubmissionArgument,
    only: Annotated[
        list[str] | None,
        typer.Option(help="Grade only this topic, part or check; may be given again."),
    ] = None,
    assignment: Annotated[Assignment | None, typer.Option(help="Grade one homework.")] = None,
    json: Annotated[
        Path | None, typer.Option(help="Write the JSON report here; - for standard output.")
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Write a page to read here.")] = None,
    junit: Annotated[Path | None, typer.Option(help="Write JUnit XML here.")] = None,
    gradescope: Annotated[
        Path | None, typer.Option(help="Write Gradescope's results.json here.")
    ] = None,
    markdown: Annotated[Path | None, typer.Option(help="Write Markdown here.")] = None,
    canvas: Annotated[
        Path | None, typer.Option(help="Write a CSV for Canvas's gradebook here.")
    ] = None,
    canvas_column: Annotated[
        str, typer.Option(help="The assignment's title and id in Canvas: HW2 (1234).")
    ] = "Homework",
    github: Annotated[
        bool, typer.Option("--github", help="In GitHub Actions: job summary and annotations.")
    ] = False,
    seed: SeedOption = 0,
    isolation: Annotated[
        Isolation, typer.Option(help="strict refuses to grade with a layer missing.")
    ] = Isolation.AUTO,
    jobs: Annotated[
        int, typer.Option(help="Topics graded at once; 0 takes one for each processor.", min=0)
    ] = 0,
    fail_under: Annotated[
        float | None, typer.Option(help="Exit with 1 below this percentage.", min=0, max=100)
    ] = None,
    manual: Annotated[
        Path | None, typer.Option(help="CSV with points given by hand: check,points.")
    ] = None,
) -> None:
    """Grade a submission and print its report. The outputs combine in one run.

    Example: `grader grade student --only hw2_least_squares --html report.html`
    """
    from grader import outputs
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
    with _errors():
        paths = outputs.check_paths(wanted)
        if github:
            outputs.check_github()
        request = Request(submission, assignment, tuple(only or ()), seed, isolation.value, manual)
        total = len(wanted_checks(request))
        with _interruptible(), Session(jobs) as session, _progress(total) as step:
            report = grade_request(
                request, session, lambda outcome: step(outcome.check), partial=True
            )
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


@contextmanager
def _interruptible() -> Iterator[None]:
    """SIGTERM ends a run as Ctrl-C does, and no process of this user reads its memory."""
    from grader.sandbox.layers import harden

    harden()
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[str], None]]:
    """A bar on standard error, with what was done last; nothing where that is no terminal."""
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


@app.command()
def replay(
    check: Annotated[str, typer.Argument(help="The check that failed.", show_default=False)],
    submission: SubmissionArgument,
    debug: Annotated[bool, typer.Option("--pdb", help="Stop in the debugger.")] = False,
    seed: SeedOption = 0,
    isolation: Annotated[Isolation, typer.Option(help="For finding the input.")] = Isolation.AUTO,
) -> None:
    """Make a check's smallest failing call in this interpreter, without the sandbox.

    Only for a submission that you trust: it runs as you.

    Example: `grader replay hw2_least_squares.pinv_agrees_with_svd student --pdb`
    """
    from grader.engine.replay import find_failure, summary
    from grader.engine.replay import replay as replay_calls

    with _errors():
        if not submission.is_dir():
            raise UsageError(f"{submission} is not a folder: unpack the submission to replay it")
        failure = find_failure(check, submission, seed, isolation.value)
        typer.echo(summary(failure))
        if failure.outcome.status is not Status.PASSED:
            module = check.split(".")[0]
            replay_calls(failure, submission.resolve(), module, typer.echo, debug)


@app.command()
def checks(
    only: Annotated[list[str] | None, typer.Option(help="A topic, part or check.")] = None,
) -> None:
    """List the checks: what each is called, what it judges, for how many points.

    Example: `grader checks --only hw2_digits`
    """
    from rich.table import Table

    from grader.rubric import load_rubric

    with _errors():
        rubric = load_rubric()
        chosen = rubric.select(None, only or ())
    table = Table("check", "points", "kind", "what it checks", box=None, pad_edge=False)
    for names in chosen.values():
        for name in names:
            entry = rubric.index[name]
            if entry.visibility == "public":
                table.add_row(name, f"{entry.points:g}", entry.kind, entry.title)
    Console(highlight=False).print(table)


@app.command()
def stubs(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail if any differs.")
    ] = False,
    reference: Annotated[Path, typer.Option(help="The worked solutions.")] = Path("reference"),
    student: Annotated[Path, typer.Option(help="Where the stubs go.")] = Path("student"),
) -> None:
    """Make the students' stubs from the reference.

    Example: `grader stubs --check`
    """
    from grader.author.stubs import write_stubs

    with _errors():
        stale = write_stubs(reference, student, write=not check)
    for path in stale:
        typer.echo(f"{path} {'is out of date: run `grader stubs`' if check else 'written'}")
    if check and stale:
        raise typer.Exit(BELOW)


@app.command()
def audit(
    only: Annotated[str | None, typer.Option(help="Audit one topic.")] = None,
    long: Annotated[
        bool, typer.Option("--long", help="Every chaff by every check, and write down the killers.")
    ] = False,
    seeds: Annotated[int, typer.Option(help="Grade right submissions with this many.", min=1)] = 1,
    jobs: Annotated[int, typer.Option(help="Submissions graded at once.", min=1)] = 2,
    root: Annotated[Path, typer.Option(help="The checkout.")] = Path(),
    json: Annotated[Path | None, typer.Option(help="Write the result here.")] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Use no result of an earlier run.")
    ] = False,
) -> None:
    """Prove the checks: right submissions earn every point, wrong ones lose theirs.

    Example: `grader audit --only hw2_digits`
    """
    from json import dumps

    from grader.author import audit as auditing
    from grader.outputs import write
    from grader.report.audit_table import print_audit

    with _errors():
        cases = auditing.cases(root, only=only, short=not long, seeds=tuple(range(seeds)))
        memory = auditing.Memory(None if fresh else root / ".cache" / "audit")
        with _progress(len(cases)) as step:
            verdicts = auditing.run(
                cases, jobs, memory, lambda v: step(f"{v.case.topic.name} {v.case.name}")
            )
        if long:
            auditing.write_killers(root, verdicts)
        if json is not None:
            write(json, dumps(auditing.to_dict(verdicts), indent=2) + "\n")
    rows = auditing.table(verdicts)
    defects = [
        (f"{v.case.topic.name} {v.case.role} {v.case.name}", d) for v in verdicts for d in v.defects
    ]
    defects += [(check, "no chaff fails it") for check in auditing.unkilled(verdicts, root)]
    print_audit(Console(highlight=False), rows, defects, len(verdicts))
    if defects:
        raise typer.Exit(BELOW)


@app.command()
def mutants(
    only: Annotated[str | None, typer.Option(help="The mutants of one topic.")] = None,
    jobs: Annotated[int, typer.Option(help="Submissions graded at once.", min=1)] = 2,
    root: Annotated[Path, typer.Option(help="The checkout.")] = Path(),
    fail_under: Annotated[
        float, typer.Option(help="Exit with 1 when fewer percent of them lose points.")
    ] = 97.0,
) -> None:
    """Grade automatic mutants of the reference: almost all must lose points.

    Example: `grader mutants --only hw5_perceptron`
    """
    from grader.author import audit as auditing
    from grader.author import mutants as mutating
    from grader.report.audit_table import print_tallies
    from grader.rubric import load_rubric

    tallies = []
    with _errors():
        topics = [load_rubric().topic(only)] if only else load_rubric().topics
        memory = auditing.Memory(root / ".cache" / "audit")
        for topic in topics:
            made = mutating.mutant_cases(root, topic)
            with _progress(len(made)) as step:
                verdicts = auditing.run(
                    [case for _, case in made], jobs, memory, lambda v: step(v.case.name)
                )
            lives = [mutating.survives(verdict.outcomes) for verdict in verdicts]
            graded = list(zip([mutant for mutant, _ in made], lives, strict=True))
            known = mutating.read_equivalent(root, topic.name)
            tallies += mutating.tally(topic.name, graded, known)
    share = print_tallies(Console(highlight=False), tallies)
    if 100 * share < fail_under:
        raise typer.Exit(BELOW)


@app.command()
def data() -> None:
    """Fetch the full MNIST for training; grading needs none of it.

    Example: `grader data`
    """
    from grader.data.fetch import fetch_mnist

    with _errors():
        typer.echo(f"MNIST is in {fetch_mnist()}")


@app.command()
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


if __name__ == "__main__":
    app()
