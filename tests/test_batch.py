"""A class in a gradebook: what is graded, what again, and what a change does to the scores."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from stand_in import FULL, SCOPE, StandIn
from typer.testing import CliRunner

from grader.batch import conditions, grades, run, snapshot
from grader.batch.conditions import check_hashes
from grader.batch.diff import Difference, difference
from grader.batch.engine import Engine, Found, Task, grade_files
from grader.batch.engine_local import LocalEngine
from grader.batch.given import Sources
from grader.batch.gradebook import Gradebook
from grader.batch.identity import Pseudonyms
from grader.batch.journal import writing
from grader.batch.records import Scope
from grader.batch.run import Settings, Summary, grade_class, regrade
from grader.cli import app
from grader.engine.session import Session
from grader.errors import UsageError
from grader.grading import Request, grade
from grader.records import Isolation, Outcome, Status
from grader.rubric import CHECKS, load_rubric

ONE = "hw5_mle.errors_are_raised"
POLICY = "hw5_mle.comments"
MINMAX = "hw5_mle.estimate_is_min_and_max"
PARTIAL = Isolation("partial", {**FULL.layers, "landlock": False})


@pytest.fixture
def submissions(tmp_path: Path) -> Path:
    folder = tmp_path / "class"
    for name in ("ann", "bob"):
        (folder / name).mkdir(parents=True)
        (folder / name / "hw5_mle.py").write_text(f"NAME = {name!r}\n")
    return folder


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return tmp_path / "class.sqlite"


def batch(book: Path, folder: Path, engine: Engine, seed: int = 0, scope: Scope = SCOPE) -> Summary:
    return grade_class(book, Sources([folder]), Settings(scope, seed), engine)


def asked(book: Path, folder: Path, **options: object) -> list[tuple[int, str]]:
    engine = StandIn(**options)  # type: ignore[arg-type]
    batch(book, folder, engine)
    return engine.asked


def scores(book: Path) -> Mapping[str, float]:
    with Gradebook(book) as opened:
        return {grade.student.id: grade.score for grade in grades.grades(opened)}


def found(book: Path, student: str, check: str, run: int | None = None) -> Status:
    with Gradebook(book) as opened:
        (submission,) = [one.submission for one in opened.hand_ins() if one.student == student]
        assert submission is not None
        return opened.outcomes(submission, run)[check].outcome.status


class Failed(StandIn):
    """Fails every submission."""

    def run(self, tasks):  # type: ignore[no-untyped-def]
        for one in super().run(tasks):
            yield Found(one.key, Outcome(one.outcome.check, Status.FAILED), one.isolation)


class Reversed(StandIn):
    """Passes what the stand-in fails, and fails what it passes."""

    def run(self, tasks):  # type: ignore[no-untyped-def]
        for one in super().run(tasks):
            passed = one.outcome.status is Status.FAILED
            status = Status.PASSED if passed else Status.FAILED
            outcome = Outcome(one.outcome.check, status, float(passed))
            yield Found(one.key, outcome, one.isolation)


def changes(book: Path, **options: bool) -> Difference:
    with Gradebook(book) as opened:
        return difference(opened, **options)


@pytest.fixture
def edit_rubric(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., None]:
    """Edits hw5_mle's rubric as an instructor would, for the rest of the test."""

    def edit(**edits: tuple[str, str]) -> None:
        folder = tmp_path / "checks"
        folder.mkdir()
        for path in CHECKS.glob("*.toml"):
            shutil.copy(path, folder)
        path = folder / "hw5_mle.toml"
        for old, new in edits.values():
            assert path.read_text().count(old) == 1
            path.write_text(path.read_text().replace(old, new))
        for module in (run, grades):
            monkeypatch.setattr(module, "load_rubric", lambda: load_rubric(folder))

    return edit


@pytest.fixture
def mend(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Edits a check of hw5_mle, for the rest of the test."""

    def edit(name: str) -> None:
        def edited(module: Path, folder: Path | None = None) -> Mapping[str, str]:
            found = dict(check_hashes(module, folder))
            return {**found, name: "mended"} if module.stem == "hw5_mle" else found

        monkeypatch.setattr(conditions, "check_hashes", edited)

    return edit


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


def test_a_mended_check_is_all_that_a_regrade_runs(
    book: Path, submissions: Path, mend: Callable[[str], None]
) -> None:
    batch(book, submissions, StandIn(), seed=5)
    mend("errors_are_raised")
    engine = StandIn()

    summary = regrade(book, engine, mode="auto")

    assert {check for _, check in engine.asked} == {ONE}
    assert summary.found == 2
    with Gradebook(book) as opened:
        hand_in = opened.hand_ins()[0]
        assert hand_in.submission is not None
        newest = opened.outcomes(hand_in.submission)[ONE]
        before = opened.outcomes(hand_in.submission, run=1)[ONE]
    assert (newest.run, newest.conditions.check) == (2, "mended")
    assert newest.conditions.seed == before.conditions.seed == 5


def test_a_regrade_of_everything_runs_what_it_is_told_to_look_at(
    book: Path, submissions: Path
) -> None:
    batch(book, submissions, StandIn())
    engine = StandIn()

    summary = regrade(book, engine, mode="auto", only=["hw5_mle"], everything=True)

    assert {check.split(".")[0] for _, check in engine.asked} == {"hw5_mle"}
    assert (summary.found, summary.kept) == (len(engine.asked), 0)
    with pytest.raises(UsageError, match="has none of hw2_digits"):
        regrade(book, engine, mode="auto", only=["hw2_digits"])


def test_changed_points_score_again_without_running_anything(
    book: Path, submissions: Path, edit_rubric: Callable[..., None]
) -> None:
    batch(book, submissions, StandIn())
    before = scores(book)
    passed = {who for who in before if found(book, who, MINMAX) is Status.PASSED}
    assert passed, "no student has the points that change"

    edit_rubric(total=("points = 5\n", "points = 8\n"), check=("points = 1.5\n", "points = 4.5\n"))

    shown = changes(book)
    assert asked(book, submissions) == []
    assert {change.student for change in shown.changes} == passed
    for change in shown.changes:
        assert change.after == scores(book)[change.student] == before[change.student] + 3
        assert [one.why for one in change.checks] == [("worth 4.5 points, not 1.5",)]


def test_a_setting_that_can_change_an_outcome_is_no_mere_points(
    book: Path, submissions: Path, edit_rubric: Callable[..., None]
) -> None:
    batch(book, submissions, StandIn())

    edit_rubric(examples=("examples = 25\n", "examples = 26\n"))

    assert [check for _, check in asked(book, submissions)] == [ONE, ONE]


def test_a_difference_says_who_by_how_much_and_why(
    book: Path, submissions: Path, mend: Callable[[str], None]
) -> None:
    batch(book, submissions, StandIn())
    before = scores(book)
    mend("errors_are_raised")
    regrade(book, Reversed(), mode="auto")

    shown = changes(book)

    assert (shown.from_run, shown.students) == (1, 2)
    assert {change.student for change in shown.changes} == {"ann", "bob"}
    for change in shown.changes:
        (check,) = change.checks
        assert (check.check, check.why) == (ONE, ("the check was changed",))
        assert change.before == before[change.student]
        assert abs(change.after - change.before) == 0.5
        assert change.after == scores(book)[change.student]


def test_a_difference_shows_a_policy_that_takes_points_off(book: Path, submissions: Path) -> None:
    class Breaking(StandIn):
        def run(self, tasks):  # type: ignore[no-untyped-def]
            for one in super().run(tasks):
                status = Status.FAILED if one.outcome.check == POLICY else Status.PASSED
                outcome = Outcome(one.outcome.check, status, float(status is Status.PASSED))
                yield Found(one.key, outcome, one.isolation)

    class Right(StandIn):
        def run(self, tasks):  # type: ignore[no-untyped-def]
            for one in super().run(tasks):
                yield Found(one.key, Outcome(one.outcome.check, Status.PASSED, 1.0), one.isolation)

    batch(book, submissions, Right())
    regrade(book, Breaking(), mode="auto", everything=True)

    for change in changes(book).changes:
        (check,) = change.checks
        assert (check.check, check.status_after) == (POLICY, "failed")
        assert change.after < change.before
    assert len(changes(book).changes) == 2


def test_never_lower_shows_and_keeps_the_score_of_before(
    book: Path, submissions: Path, mend: Callable[[str], None]
) -> None:
    batch(book, submissions, StandIn())
    before = scores(book)
    mend("errors_are_raised")

    regrade(book, Failed(), mode="auto", never_lower=True)

    after = scores(book)
    lower = {who for who in before if found(book, who, ONE, run=1) is Status.PASSED}
    assert lower, "no student had points to lose"
    assert after == before
    kept = {change.student: change for change in changes(book).changes if change.kept}
    assert kept.keys() == lower
    assert all(change.found == change.after - 0.5 for change in kept.values())


def test_a_difference_shows_what_never_lower_would_keep(
    book: Path, submissions: Path, mend: Callable[[str], None]
) -> None:
    batch(book, submissions, StandIn())
    mend("errors_are_raised")
    regrade(book, Failed(), mode="auto")

    plain, kept = changes(book), changes(book, never_lower=True)

    assert plain.changes
    assert all(change.after < change.before and not change.kept for change in plain.changes)
    assert all(change.after == change.before and change.kept for change in kept.changes)


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


def test_the_rubric_comes_back_from_a_gradebook_as_it_was() -> None:
    chosen = load_rubric().select("hw5", ())

    text = snapshot.to_json(chosen)
    back = snapshot.from_json(text)

    assert snapshot.to_json(back) == text
    for before, after in zip(chosen, back, strict=True):
        assert (before.problems, before.preload, before.functions) == (
            after.problems, after.preload, after.functions,
        )  # fmt: skip


def test_one_gradebook_has_one_scope(book: Path, submissions: Path) -> None:
    batch(book, submissions, StandIn())

    with pytest.raises(UsageError, match="is the gradebook of hw5"):
        batch(book, submissions, StandIn(), scope=Scope("hw2"))


def test_two_runs_never_write_into_one_gradebook(book: Path, submissions: Path) -> None:
    with writing(book), pytest.raises(UsageError, match="another run is writing"):
        batch(book, submissions, StandIn())


def test_what_is_no_gradebook_is_left_alone(tmp_path: Path, submissions: Path) -> None:
    for name, content in (("text", b"marks"), ("empty", b"")):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(UsageError, match="gradebook"):
            batch(path, submissions, StandIn())
        assert path.read_bytes() == content


def test_a_gradebook_is_for_its_owner_alone(book: Path, submissions: Path) -> None:
    batch(book, submissions, StandIn())

    assert book.stat().st_mode & 0o077 == 0


def test_points_by_hand_and_late_days_are_read_back(book: Path, submissions: Path) -> None:
    batch(book, submissions, StandIn())
    with Gradebook(book) as opened:
        opened.add_manual_scores([("ann", "hw5_pca.x", 1.0, "a"), ("ann", "hw5_pca.x", 2.0, "b")])
        opened.set_late_days([("bob", 3.0, "a note")])
        with pytest.raises(UsageError, match="'eve' is no student"):
            opened.add_manual_scores([("ann", "hw5_pca.x", 0.0, ""), ("eve", "hw5_pca.x", 1.0, "")])

        assert opened.manual_points() == {"ann": {"hw5_pca.x": 2.0}}
        assert [one.late_days for one in opened.hand_ins()] == [0.0, 3.0]


MODULE = """
import numpy as np
from grader.checks.support.laws import law

# shared
LIMIT = 1

def test_one(submission):
    assert LIMIT

@given(1)
def test_two(submission):
    # why
    assert LIMIT
"""


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("# why", "# because", {"two"}),
        ("@given(1)", "@given(2)", {"two"}),
        ("(submission):\n    assert", "(submission):\n    return\n    assert", {"one"}),
        ("LIMIT = 1", "LIMIT = 2", {"one", "two"}),
        ("\n\n# shared", "\n\n\n# shared", set()),
    ],
)
def test_a_check_is_known_by_its_code_and_what_it_shares(
    tmp_path: Path, old: str, new: str, changed: set[str]
) -> None:
    path = tmp_path / "topic.py"
    path.write_text(MODULE)
    before = check_hashes(path)
    path.write_text(MODULE.replace(old, new, 1))

    after = check_hashes(path)

    assert {name for name in after if after[name] != before[name]} == changed


def test_a_check_is_known_by_the_modules_that_it_imports(tmp_path: Path) -> None:
    (tmp_path / "support").mkdir()
    (tmp_path / "support" / "laws.py").write_text("from grader.checks.support import deep\n")
    for content in ("A = 1", "A = 2"):
        (tmp_path / "support" / "deep.py").write_text(content)
        (tmp_path / "topic.py").write_text(MODULE)
        found = check_hashes(tmp_path / "topic.py")
        assert found.keys() == {"one", "two"}
        if content == "A = 1":
            before = found

    assert all(found[name] != before[name] for name in found)


def test_a_check_taken_from_another_module_is_known_by_its_code_there(tmp_path: Path) -> None:
    (tmp_path / "support").mkdir()
    (tmp_path / "topic.py").write_text(
        "from grader.checks.support.policies import test_rule as test_rule\n"
        "def test_own(submission):\n    pass\n"
    )
    found = []
    for rule, other in (("1", "1"), ("2", "1"), ("2", "2")):
        (tmp_path / "support" / "policies.py").write_text(
            f"def test_rule(submission):\n    {rule}\ndef test_other(submission):\n    {other}\n"
        )
        found.append(check_hashes(tmp_path / "topic.py"))

    assert [set(one) for one in found] == [{"rule", "own"}] * 3
    assert found[0]["rule"] != found[1]["rule"] == found[2]["rule"]
    assert found[0]["own"] == found[1]["own"] == found[2]["own"]


def test_every_check_of_the_rubric_has_its_code() -> None:
    chosen = load_rubric().select(None, ())

    found = conditions.conditions(chosen, 0)

    assert found.keys() == {check for ids in chosen.values() for check in ids}


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
