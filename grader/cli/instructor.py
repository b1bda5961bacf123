"""Commands for who teaches a class: class-report, by-hand, similar, pseudonyms."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from grader.cli.class_ import GradebookOption, KeyOption, StudentsOption
from grader.cli.common import (
    AssignmentOption,
    CanvasColumnOption,
    CanvasOption,
    OnlyOption,
    errors,
)
from grader.rubric import load_rubric

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.batch.students import Person


def class_report(
    gradebook: GradebookOption,
    html: Annotated[Path | None, typer.Option(help="Write the class's page here.")] = None,
    csv: Annotated[Path | None, typer.Option(help="Write every mark here.")] = None,
    canvas: CanvasOption = None,
    canvas_column: CanvasColumnOption = "Homework",
    title: Annotated[str, typer.Option(help="What the page calls the homework.")] = "Homework",
    late_percent: Annotated[
        float, typer.Option(help="Percent of the points that a late day costs.")
    ] = 0.0,
    late_cap: Annotated[float, typer.Option(help="Percent that all late days cost at most.")] = 100,
    late_free: Annotated[float, typer.Option(help="Late days that cost nothing.")] = 0.0,
    students: StudentsOption = None,
    pseudonyms: KeyOption = None,
) -> None:
    """Tell of a class: its marks, what it did not understand, whose work needs a person.

    A pseudonymous gradebook gives pseudonymous files. With `--students` and `--pseudonyms` the file
    for Canvas, which needs to know whom it is about, has the students' own ids.

    Example: `grader class-report --gradebook class.sqlite --html class.html --late-percent 10`
    """
    from grader import outputs
    from grader.batch.gradebook import Gradebook
    from grader.batch.grades import grades
    from grader.errors import UsageError
    from grader.instructor.class_page import to_class_html
    from grader.instructor.marks import LatePolicy
    from grader.instructor.marks_csv import to_canvas, to_csv
    from grader.instructor.summary import summarise

    with errors():
        paths = outputs.check_paths({"--html": html, "--csv": csv, "--canvas": canvas})
        if not paths:
            raise UsageError("nothing to write: give --html, --csv or --canvas a file")
        policy = LatePolicy(late_percent, late_cap, late_free)
        people = _people(students, pseudonyms)
        with Gradebook(gradebook) as book:
            summary = summarise(grades(book), load_rubric().index, policy, title)
        if html is not None:
            outputs.write(html, to_class_html(summary))
        if csv is not None:
            outputs.write(csv, to_csv(summary.marks))
        if canvas is not None:
            outputs.write(canvas, to_canvas(summary.marks, people, canvas_column))
    typer.echo(
        f"{summary.graded} of {len(summary.marks)} submissions graded,"
        f" {len(summary.misconceptions)} misconceptions,"
        f" {len(summary.attention)} need a person: {', '.join(map(str, paths.values()))}"
    )


def _people(students: Path | None, key: Path | None) -> "Mapping[str, Person]":
    """The class list by the ids of the gradebook."""
    from grader.batch.identity import Pseudonyms
    from grader.batch.students import read_students
    from grader.errors import UsageError

    if students is None:
        if key is not None:
            raise UsageError("--pseudonyms finds the students of a class list: give --students too")
        return {}
    people = read_students(students)
    if key is None:
        return {person.student: person for person in people}
    return Pseudonyms.load(key).table(people)


def by_hand(
    gradebook: GradebookOption,
    points: Annotated[
        Path | None, typer.Option(help="CSV: student,check,points and a note if you like.")
    ] = None,
    late_days: Annotated[
        Path | None, typer.Option(help="CSV: student,late_days and a note if you like.")
    ] = None,
    pseudonyms: KeyOption = None,
) -> None:
    """Put into the gradebook what a person decided: points for manual items, late days.

    All of a file's rows are taken, or none. With `--pseudonyms` the students of the files have
    their own ids, and the notes stay out of the gradebook.

    Example: `grader by-hand --gradebook class.sqlite --points essays.csv`
    """
    from grader.batch.gradebook import Gradebook
    from grader.batch.grades import scope_checks
    from grader.batch.identity import Pseudonyms
    from grader.errors import UsageError
    from grader.instructor.by_hand import read_late_days, read_points

    with errors():
        if points is None and late_days is None:
            raise UsageError("nothing to put in: give --points or --late-days a file")
        names = Pseudonyms.load(pseudonyms) if pseudonyms else None
        days = read_late_days(late_days) if late_days else []
        with Gradebook(gradebook) as book:
            index = {check: load_rubric().index[check] for check in scope_checks(book)}
            scores = read_points(points, index) if points else []
            if names is not None:
                scores = [(names.of(who), check, given, "") for who, check, given, _ in scores]
                days = [(names.of(who), given, "") for who, given, _ in days]
            book.add_manual_scores(scores)
            book.set_late_days(days)
    typer.echo(f"{len(scores)} points and {len(days)} late days are in {gradebook}")


def similar(
    submissions: Annotated[
        list[Path],
        typer.Argument(help="What `grader batch` takes too.", show_default=False),
    ],
    html: Annotated[
        Path | None, typer.Option(help="Write a page with the code side by side here.")
    ] = None,
    only: OnlyOption = None,
    assignment: AssignmentOption = None,
    at_least: Annotated[
        float, typer.Option(help="Percent of a module that the other one has too.", min=1, max=100)
    ] = 70.0,
    stubs: Annotated[Path, typer.Option(help="The stubs: what they give is no likeness.")] = Path(
        "student"
    ),
    students: StudentsOption = None,
    pseudonyms: KeyOption = None,
) -> None:
    """Point out pairs of submissions whose code is suspiciously alike.

    A flag for a person, never a score: nothing is written into a gradebook.

    Example: `grader similar submissions --assignment hw5 --html alike.html`
    """
    from tempfile import TemporaryDirectory

    from grader.batch.given import Sources
    from grader.errors import UsageError
    from grader.instructor.modules import read_modules
    from grader.outputs import check_paths, write
    from grader.report.digest import plain

    console = Console(highlight=False)
    with errors(), TemporaryDirectory(prefix="grader-similar-") as staging:
        try:
            from grader.instructor.similar import alike, read_stubs
        except ImportError as error:
            if error.name != "copydetect":
                raise
            raise UsageError(
                "`grader similar` needs the package copydetect: pip install"
                " 'ml-homework-grader[alike]'"
            ) from None
        check_paths({"--html": html})
        topics = [topic.name for topic in load_rubric().select(assignment, only or ())]
        given = read_stubs(stubs, topics)
        sources = Sources(submissions, students, key=pseudonyms)
        modules = read_modules(sources, topics, Path(staging))
        pairs = alike(modules.texts, given, at_least / 100)
        if html is not None:
            from grader.instructor.similar_page import to_similar_html

            write(html, to_similar_html(pairs, modules.submissions, at_least / 100))
    for remark in modules.remarks:
        console.print(escape(plain(remark)), soft_wrap=True)
    for pair in pairs:
        found = ", ".join(f"{one.topic} {100 * one.share:.0f} %" for one in pair.modules)
        console.print(escape(plain(f"{' and '.join(pair.students)}: {found}")), soft_wrap=True)
    console.print(
        f"{len(pairs)} pairs among {modules.submissions} submissions have a module of which"
        f" {at_least:g} % or more is in the other one; look before you conclude",
        soft_wrap=True,
    )


def pseudonyms(
    key: Annotated[Path, typer.Argument(help="The file with the key.", show_default=False)],
    new: Annotated[bool, typer.Option("--new", help="Make a new key there.")] = False,
    students: StudentsOption = None,
) -> None:
    """Make the key of a pseudonymous class, or find its students again.

    Keep the key apart from the gradebook: who has both and the class list knows everybody.

    Example: `grader pseudonyms class.key --new`
    """
    from grader.batch.identity import Pseudonyms
    from grader.batch.students import read_students
    from grader.errors import UsageError
    from grader.report.canvas import cell

    with errors():
        if new:
            Pseudonyms.make(key)
            typer.echo(f"{key} holds a new key, readable by you alone")
        elif students is None:
            raise UsageError("give --students to find students again, or --new to make a key")
        else:
            import csv

            writer = csv.writer(sys.stdout, lineterminator="\n")
            writer.writerow(["pseudonym", "student", "name"])
            table = Pseudonyms.load(key).table(read_students(students))
            for pseudonym, person in sorted(table.items()):
                writer.writerow([pseudonym, cell(person.student), cell(person.name)])
