"""A class graded into a gradebook: what runs, and what does not run again."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from gradebooks import ONE, asked, batch
from stand_in import FULL, SCOPE, StandIn
from typer.testing import CliRunner

from grader.batch import grades
from grader.batch.engine import Found, Task, grade_files
from grader.batch.engine_local import LocalEngine
from grader.batch.given import Sources
from grader.batch.gradebook import Gradebook
from grader.batch.identity import Pseudonyms
from grader.batch.records import Scope
from grader.batch.run import Settings, grade_class
from grader.cli import app
from grader.engine.session import Session
from grader.errors import UsageError
from grader.grading import Request, grade
from grader.records import Isolation, Outcome, Status
from grader.rubric import load_rubric

MINMAX = "hw5_mle.estimate_is_min_and_max"


PARTIAL = Isolation("partial", {**FULL.layers, "landlock": False})


def test_a_class_gets_the_points_that_grade_gives(
    book: Path, tmp_path: Path, root: Path, session: Session
) -> None:
    folder = tmp_path / "real"
    for name, source in (("right", "reference"), ("stub", "student")):
        (folder / name).mkdir(parents=True)
        shutil.copy(root / source / "hw5_mle.py", folder / name)
    (folder / "broken.zip").write_text("no archive")
    scope = Scope(only=(ONE, "hw5_mle.impossible_samples"))

    summary = batch(book, folder, LocalEngine(jobs=1), scope=scope)

    alone = grade(Request(folder / "right", only=scope.only), session)
    with Gradebook(book) as opened:
        found = {one.student.id: one for one in grades.grades(opened)}
    assert summary.found == 4
    report = found["right"].report
    assert report is not None
    assert (report.score, report.max_score) == (alone.score, alone.max_score) == (1.5, 1.5)
    assert report.isolation == alone.isolation
    assert found["stub"].score == 0.0
    assert found["broken"].report is None
    assert "cannot be graded" in found["broken"].hand_in.problem
    assert not found["right"].missing


def test_a_second_run_grades_nothing(book: Path, submissions: Path) -> None:
    first = asked(book, submissions)

    wanted = [check for ids in load_rubric().select(None, SCOPE.only).values() for check in ids]
    assert sorted(check for _, check in first) == sorted(wanted * 2)
    assert asked(book, submissions) == []


def test_only_a_changed_submission_is_graded_again(book: Path, submissions: Path) -> None:
    count = len(asked(book, submissions))
    (submissions / "bob" / "hw5_mle.py").write_text("NAME = 'robert'\n")

    again = asked(book, submissions)

    assert len(again) == count / 2
    assert len({key for key, _ in again}) == 1


def test_another_seed_is_graded_again(book: Path, submissions: Path) -> None:
    count = len(asked(book, submissions))
    engine = StandIn()

    batch(book, submissions, engine, seed=7)

    assert len(engine.asked) == count


def test_an_outcome_found_with_a_layer_less_is_graded_again_and_never_the_other_way_round(
    book: Path, submissions: Path
) -> None:
    count = len(asked(book, submissions, isolation=PARTIAL))

    assert len(asked(book, submissions, isolation=FULL)) == count
    assert asked(book, submissions, isolation=PARTIAL) == []


def test_the_graders_own_errors_are_tried_again(book: Path, submissions: Path) -> None:
    class Failing(StandIn):
        def run(self, tasks):  # type: ignore[no-untyped-def]
            for found in super().run(tasks):
                if found.outcome.check == ONE:
                    failed = Outcome(ONE, Status.GRADER_ERROR)
                    found = Found(found.key, failed, found.isolation)
                yield found

    summary = batch(book, submissions, Failing())

    assert summary.grader_errors == 2
    assert [check for _, check in asked(book, submissions)] == [ONE, ONE]


def test_a_submission_that_changes_under_way_is_left_for_the_next_run(
    book: Path, submissions: Path
) -> None:
    class Changing(LocalEngine):
        def run(self, tasks):  # type: ignore[no-untyped-def]
            (submissions / "bob" / "hw5_mle.py").write_text("NAME = 'other'\n")
            return super().run(tasks)

    summary = batch(book, submissions, Changing(jobs=1), scope=Scope(only=(ONE,)))

    ((who, why),) = summary.unread
    assert (who, summary.found) == ("bob", 1)
    assert "has changed" in why
    with Gradebook(book) as opened:
        missing = {one.student.id: one.missing for one in grades.grades(opened)}
    assert missing == {"ann": (), "bob": (ONE,)}


def test_an_error_of_the_graders_own_is_one_submissions_row() -> None:
    class Broken:
        def grade(self, *_: object, on_outcome: Callable[..., None], **__: object) -> None:
            on_outcome(Outcome(ONE, Status.PASSED, 1.0))
            raise RuntimeError("a defect of the grader")

    told: list[tuple[Outcome, Isolation]] = []
    checks = (ONE, MINMAX)
    task = Task(1, Path("ann"), "", "ann", checks, 0, "auto")

    grade_files(task, {}, Broken(), FULL, lambda *found: told.append(found))  # type: ignore[arg-type]

    assert [one.status for one, _ in told] == [Status.PASSED, Status.GRADER_ERROR]
    assert "a defect of the grader" in told[1][0].message


def test_a_gradebook_under_pseudonyms_holds_no_name(book: Path, tmp_path: Path) -> None:
    folder, key = tmp_path / "class", tmp_path / "key"
    (folder / "annabella").mkdir(parents=True)
    (folder / "annabella" / "hw5_mle.py").write_text("raise ValueError('by Annabella')\n")
    Pseudonyms.make(key)
    scope = Scope(None, (ONE,), pseudonymous=True)

    sources = Sources([folder], key=key)
    grade_class(book, sources, Settings(scope), LocalEngine(jobs=1))

    with Gradebook(book) as opened:
        (one,) = grades.grades(opened)
    assert "by s" in one.outcomes[ONE].outcome.message
    held = b"".join(path.read_bytes() for path in book.parent.glob("class.sqlite*"))
    assert b"annabella" not in held.lower()
    with pytest.raises(UsageError, match="under pseudonyms"):
        grade_class(book, Sources([folder]), Settings(Scope(None, (ONE,))), StandIn())


def test_the_commands_grade_regrade_and_compare(book: Path, submissions: Path) -> None:
    runner = CliRunner()
    gradebook = ("--gradebook", str(book))

    command = ["batch", str(submissions), "--only", ONE, "--jobs", "1"]
    first = runner.invoke(app, [*command, *gradebook])
    second = runner.invoke(app, ["regrade", *gradebook])
    shown = runner.invoke(app, ["diff", *gradebook])
    wrong = runner.invoke(app, ["diff", "--from", "9", *gradebook])

    assert (first.exit_code, second.exit_code, shown.exit_code) == (0, 0, 0), first.output
    assert "2 of 2 students graded: 2 outcomes found, 0 known before" in first.output
    assert "0 outcomes found, 2 known before; run 2" in second.output
    assert "no score changed" in shown.output
    assert wrong.exit_code == 2
    assert "no run 9; it has 1, 2" in wrong.output
