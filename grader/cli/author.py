"""Commands for who writes the assignment: a new topic, stubs, and what proves the checks."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from grader.cli.common import BELOW, TopicOption, errors, progress
from grader.rubric import load_rubric

SeedsOption = Annotated[int, typer.Option(help="Grade with this many.", min=1)]
JobsOption = Annotated[int, typer.Option(help="Submissions graded at once.", min=1)]
RootOption = Annotated[Path, typer.Option(help="The checkout.")]


def new_topic(
    name: Annotated[
        str, typer.Argument(help="Its assignment, _ and a name of its own.", show_default=False)
    ],
) -> None:
    """Begin a topic: a small working example of every file that it needs, to be rewritten.

    Example: `grader new-topic hw5_softmax`
    """
    from grader.author.new_topic import new_topic as write_topic

    with errors():
        written = write_topic(name)
    for path in written:
        typer.echo(f"{path} written")
    typer.echo(f"Try it: grader grade reference --only {name}; docs/new-topic.md goes on from here")


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

    with errors():
        stale = write_stubs(reference, student, write=not check)
    for path in stale:
        typer.echo(f"{path} {'is out of date: run `grader stubs`' if check else 'written'}")
    if check and stale:
        raise typer.Exit(BELOW)


def audit(
    only: TopicOption = None,
    long: Annotated[
        bool, typer.Option("--long", help="Every chaff by every check, and write down the killers.")
    ] = False,
    seeds: SeedsOption = 1,
    jobs: JobsOption = 2,
    root: RootOption = Path(),
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
    from grader.author.audit_table import print_audit
    from grader.author.cases import cases
    from grader.author.memory import MEMORY, Memory
    from grader.outputs import write

    with errors():
        wanted = cases(root, only=only, short=not long, seeds=tuple(range(seeds)))
        memory = Memory(None if fresh else root / MEMORY)
        with progress(len(wanted)) as step:
            verdicts = auditing.run(
                wanted, jobs, memory, lambda v: step(f"{v.case.topic.name} {v.case.name}")
            )
        if long:
            auditing.write_killers(root, verdicts)
        if json is not None:
            write(json, dumps(auditing.to_dict(verdicts), indent=2) + "\n")
    rows = auditing.table(verdicts)
    defects = [
        (f"{v.case.topic.name} {v.case.role} {v.case.name}, seed {v.case.seed}", d)
        for v in verdicts
        for d in v.defects
    ]
    defects += [(check, "no chaff fails it") for check in auditing.unkilled(verdicts, root)]
    in_checks = auditing.share_of_checks(verdicts)
    alone = auditing.alone(root)
    print_audit(Console(highlight=False), rows, defects, len(verdicts), in_checks, alone)
    if defects:
        raise typer.Exit(BELOW)


def mutants(
    only: TopicOption = None,
    jobs: JobsOption = 2,
    root: RootOption = Path(),
    fail_under: Annotated[
        float, typer.Option(help="Exit with 1 when fewer percent of them lose points.")
    ] = 97.0,
) -> None:
    """Grade automatic mutants of the reference: almost all must lose points.

    Example: `grader mutants --only hw5_perceptron`
    """
    from grader.author import mutants as mutating
    from grader.author.audit_table import print_tallies
    from grader.author.memory import MEMORY, Memory

    tallies = []
    with errors():
        memory = Memory(root / MEMORY)
        for topic in load_rubric().named(only):
            with progress(None) as step:
                graded = mutating.grade_mutants(root, topic, jobs, memory, step)
            known = mutating.read_equivalent(root, topic.name)
            tallies += mutating.tally(topic.name, graded, known)
    print_tallies(Console(highlight=False), tallies)
    if 100 * mutating.killed(tallies) < fail_under:
        raise typer.Exit(BELOW)


def calibrate(
    only: TopicOption = None,
    seeds: SeedsOption = 3,
    jobs: JobsOption = 2,
    root: RootOption = Path(),
) -> None:
    """Measure how much of each tolerance right answers use up, and write the evidence down.

    Example: `grader calibrate --only hw5_pca --seeds 10`
    """
    from grader.author import calibrate as calibrating
    from grader.author.audit_table import print_tight
    from grader.author.memory import MEMORY, Memory

    with errors():
        memory = Memory(root / MEMORY)
        for topic in load_rubric().named(only):
            with progress(None) as step:
                found = calibrating.measure(
                    root, topic, seeds, jobs, memory, lambda v: step(v.case.name)
                )
            calibrating.write_evidence(root, {topic.name: found})
            typer.echo(f"{topic.name}: {found.right} right submissions, {found.seeds} seeds")
    print_tight(
        Console(highlight=False),
        calibrating.tight(calibrating.read_evidence(root)),
        calibrating.HEADROOM,
    )


def repeat(
    times: Annotated[int, typer.Option(help="How often each submission is graded.", min=2)] = 20,
    only: TopicOption = None,
    root: RootOption = Path(),
) -> None:
    """Grade the same submissions again and again: every report must be the same.

    Example: `grader repeat --only hw5_pca --times 5`
    """
    from grader.author import sameness
    from grader.author.audit_table import print_flaky

    flaky: list[sameness.Flaky] = []
    count = 0
    with errors():
        for topic in load_rubric().named(only):
            with progress(None) as step:
                submissions, found = sameness.repeat(
                    root, topic, times, lambda v: step(f"{v.case.topic.name} {v.case.name}")
                )
            count, flaky = count + submissions, flaky + found
    print_flaky(Console(highlight=False), flaky, count, times)
    if flaky:
        raise typer.Exit(BELOW)
