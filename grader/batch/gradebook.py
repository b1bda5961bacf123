"""The gradebook: one SQLite file with all that is known of a class. Its schema is schema.sql.

Opening it is for reading, and for what a person writes: manual scores and late days. Runs write
through `grader.batch.journal`. Scores are not in it; `grader.batch.grades` derives them.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from grader.batch import gradebook_file
from grader.batch.records import (
    Conditions,
    Floor,
    HandIn,
    ManualScore,
    Run,
    Scope,
    StoredOutcome,
    Student,
)
from grader.engine.outcome_wire import outcome_from_wire
from grader.errors import UsageError
from grader.records import Isolation


class Gradebook:
    """An open gradebook; use it as a context manager, in the thread that opened it.

    Where a method takes `run`, the answer is as it was when that run had ended; None is now.
    """

    def __init__(self, path: Path) -> None:
        """Open the gradebook at `path`; UsageError when there is none."""
        self.path = path
        self.db = gradebook_file.connect(path)

    @classmethod
    def create(cls, path: Path, scope: Scope) -> Self:
        """The gradebook at `path`, made if it is not there; UsageError if its scope is another."""
        if not path.exists():
            gradebook_file.make(path, scope)
        book = cls(path)
        if book.scope() != scope:
            found = _scope_words(book.scope())
            book.close()
            raise UsageError(
                f"{path} is the gradebook of {found}, not of {_scope_words(scope)}:"
                " give the same --assignment, --only and --pseudonyms, or another --gradebook"
            )
        return book

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self.db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written inside is there at its end, or none of it."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    def scope(self) -> Scope:
        """The part of the rubric that this gradebook is for."""
        row = self.db.execute("SELECT * FROM scope").fetchone()
        only = tuple(json.loads(row["only_json"]))
        return Scope(row["assignment"], only, bool(row["pseudonymous"]))

    def students(self) -> list[Student]:
        """Everyone that some run was given, by id."""
        rows = self.db.execute("SELECT id, name FROM students ORDER BY id")
        return [Student(row["id"], row["name"]) for row in rows]

    def runs(self) -> list[Run]:
        """Every run, oldest first."""
        rows = self.db.execute(
            "SELECT runs.*, versions_json FROM runs"
            " JOIN packages ON sha256 = packages_sha256 ORDER BY id"
        )
        return [
            Run(
                row["id"],
                row["kind"],
                row["started_at"],
                row["finished_at"],
                row["seed"],
                row["mode"],
                row["engine"],
                row["version"],
                row["checks_sha256"],
                json.loads(row["versions_json"]),
                row["rubric_sha256"],
            )
            for row in rows
        ]

    def latest_run(self) -> Run:
        """The newest run; UsageError where there is none yet."""
        runs = self.runs()
        if not runs:
            raise UsageError(f"{self.path} holds no run yet: `grader batch` grades into it")
        return runs[-1]

    def rubric_json(self, sha256: str) -> str:
        """The topics as a run had them, points included: what `grader.batch.snapshot` wrote."""
        row = self.db.execute("SELECT topics_json FROM rubrics WHERE sha256 = ?", [sha256])
        text: str = row.fetchone()["topics_json"]
        return text

    def hand_ins(self, run: int | None = None) -> list[HandIn]:
        """What counts for each student, by id."""
        rows = self.db.execute(
            "SELECT h.*, s.sha256, s.remarks_json, coalesce(l.days, h.late_days) AS counted"
            " FROM hand_ins AS h"
            " LEFT JOIN submissions AS s ON s.id = h.submission"
            " LEFT JOIN late_days AS l ON l.student = h.student"
            " WHERE h.run = (SELECT max(run) FROM hand_ins WHERE student = h.student"
            "                AND run <= coalesce(?, run))"
            " ORDER BY h.student",
            [run],
        )
        return [
            HandIn(
                row["student"],
                row["run"],
                row["submission"],
                row["sha256"],
                row["path"],
                row["submitted_at"],
                row["counted"],
                row["problem"],
                tuple(json.loads(row["remarks_json"] or "[]")),
            )
            for row in rows
        ]

    def outcomes(self, submission: int, run: int | None = None) -> dict[str, StoredOutcome]:
        """The newest outcome of each check of a submission (`HandIn.submission`), by check id."""
        rows = self.db.execute(
            f"{_OUTCOMES} WHERE o.submission = ? AND o.run <= coalesce(?, o.run) ORDER BY o.id",
            [submission, run],
        )
        # In the order in which they were found: the newest one stays.
        return {row["check_id"]: _outcome(row) for row in rows}

    def manual_scores(self) -> list[ManualScore]:
        """The newest points for each student and manual item."""
        rows = self.db.execute(
            "SELECT * FROM manual_scores WHERE id IN"
            " (SELECT max(id) FROM manual_scores GROUP BY student, check_id)"
            " ORDER BY student, check_id"
        )
        return [
            ManualScore(row["student"], row["check_id"], row["points"], row["note"], row["at"])
            for row in rows
        ]

    def manual_points(self) -> dict[str, dict[str, float]]:
        """The points given by a person: student -> check -> points."""
        points: dict[str, dict[str, float]] = {}
        for given in self.manual_scores():
            points.setdefault(given.student, {})[given.check] = given.points
        return points

    def floors(self) -> dict[str, Floor]:
        """What students keep after `--never-lower`, by student."""
        rows = self.db.execute("SELECT * FROM floors")
        return {
            row["student"]: Floor(row["student"], row["score"], row["extra_credit"], row["run"])
            for row in rows
        }

    def add_manual_scores(self, given: Iterable[tuple[str, str, float, str]]) -> None:
        """Write down points: (student, check, points, note). All of them, or UsageError and none.

        That a check is a manual item, and its points within its maximum, is for the caller to see.
        """
        with self.transaction():
            for student, check, points, note in given:
                self._expect_student(student)
                self.db.execute(
                    "INSERT INTO manual_scores (student, check_id, points, note, at)"
                    " VALUES (?, ?, ?, ?, ?)",
                    [student, check, points, note, now()],
                )

    def set_late_days(self, given: Iterable[tuple[str, float, str]]) -> None:
        """Correct the late days that count: (student, days, note). All, or UsageError and none."""
        with self.transaction():
            for student, days, note in given:
                self._expect_student(student)
                self.db.execute(
                    "INSERT INTO late_days VALUES (?, ?, ?) ON CONFLICT (student)"
                    " DO UPDATE SET days = excluded.days, note = excluded.note",
                    [student, days, note],
                )

    def _expect_student(self, student: str) -> None:
        known = self.db.execute("SELECT 1 FROM students WHERE id = ?", [student]).fetchone()
        if known is None:
            raise UsageError(f"{student!r} is no student of {self.path}: nothing was changed")


OUTCOME_COLUMNS = ("status", "fraction", "message", "seconds")
"""What of an outcome has a column of its own; the rest is in `details_json`."""

_OUTCOMES = (
    "SELECT o.*, i.level, i.layers_json FROM outcomes AS o"
    " JOIN isolations AS i ON i.sha256 = o.isolation_sha256"
)


def now() -> str:
    """This instant, as the gradebook writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def conditions_of(row: sqlite3.Row) -> Conditions:
    """What the outcome in a row was found under."""
    return Conditions(
        row["check_sha256"], row["rubric_sha256"], row["seed"], row["packages_sha256"]
    )


def _outcome(row: sqlite3.Row) -> StoredOutcome:
    columns = {name: row[name] for name in OUTCOME_COLUMNS}
    outcome = outcome_from_wire(
        {"check": row["check_id"], **columns, **json.loads(row["details_json"])}
    )
    isolation = Isolation(row["level"], json.loads(row["layers_json"]))
    return StoredOutcome(outcome, conditions_of(row), isolation, row["run"], row["at"])


def _scope_words(scope: Scope) -> str:
    names = ["under pseudonyms"] if scope.pseudonymous else []
    return " ".join([scope.assignment or "all assignments", *scope.only, *names])
