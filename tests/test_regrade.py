"""What a change does to the scores of a class: regrades, differences, scores that stay."""

import shutil
from collections.abc import Callable, Generator, Iterable, Mapping
from pathlib import Path

import pytest
from gradebooks import ONE, asked, batch
from stand_in import StandIn

from grader.batch import conditions, grades, run
from grader.batch.conditions import check_hashes
from grader.batch.diff import Difference, difference
from grader.batch.engine import Found, Task, Unread
from grader.batch.gradebook import Gradebook
from grader.batch.run import regrade
from grader.errors import UsageError
from grader.records import Outcome, Status
from grader.rubric import CHECKS, load_rubric

POLICY = "hw5_mle.comments"
MINMAX = "hw5_mle.estimate_is_min_and_max"


def scores(book: Path) -> Mapping[str, float]:
    with Gradebook(book) as opened:
        return {grade.student.id: grade.score for grade in grades.grades(opened)}


def found(book: Path, student: str, check: str, run: int | None = None) -> Status:
    with Gradebook(book) as opened:
        (submission,) = [one.submission for one in opened.hand_ins() if one.student == student]
        assert submission is not None
        return opened.outcomes(submission, run)[check].outcome.status


class Judging(StandIn):
    """Passes what `passes` says of what the stand-in finds."""

    def __init__(self, passes: Callable[[Outcome], bool]) -> None:
        super().__init__()
        self._passes = passes

    def run(self, tasks: Iterable[Task]) -> Generator[Found | Unread, None, None]:
        for one in super().run(tasks):
            assert isinstance(one, Found)
            passed = self._passes(one.outcome)
            status = Status.PASSED if passed else Status.FAILED
            outcome = Outcome(one.outcome.check, status, float(passed))
            yield Found(one.key, outcome, one.isolation)


def failed() -> StandIn:
    """Fails every submission."""
    return Judging(lambda outcome: False)


def turned_round() -> StandIn:
    """Passes what the stand-in fails, and fails what it passes."""
    return Judging(lambda outcome: outcome.status is Status.FAILED)


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
    regrade(book, turned_round(), mode="auto")

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
    batch(book, submissions, Judging(lambda outcome: True))
    breaking = Judging(lambda outcome: outcome.check != POLICY)
    regrade(book, breaking, mode="auto", everything=True)

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

    regrade(book, failed(), mode="auto", never_lower=True)

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
    regrade(book, failed(), mode="auto")

    plain, kept = changes(book), changes(book, never_lower=True)

    assert plain.changes
    assert all(change.after < change.before and not change.kept for change in plain.changes)
    assert all(change.after == change.before and change.kept for change in kept.changes)
