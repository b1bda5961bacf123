"""The gradebook: one file of one class, for its owner alone."""

from pathlib import Path

import pytest
from gradebooks import batch
from stand_in import StandIn

from grader.batch.gradebook import Gradebook
from grader.batch.journal import writing
from grader.batch.records import Scope
from grader.errors import UsageError


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
