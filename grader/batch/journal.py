"""The journal: the one writer of a gradebook's runs.

A run is written down before anything of it is graded, each outcome in a transaction of its own as
soon as it is known, and its end last. Whatever instant the process dies at, the gradebook holds
whole rows alone, and the next run sees which outcomes are there.
"""

import fcntl
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from grader.batch import snapshot
from grader.batch.canonical import packed, sha256
from grader.batch.conditions import packages
from grader.batch.gradebook import OUTCOME_COLUMNS, Gradebook, conditions_of, now
from grader.batch.records import Conditions, Entry, Floor, RunKind
from grader.engine.outcome_wire import outcome_to_wire
from grader.errors import UsageError
from grader.grading import provenance
from grader.records import Isolation, Mode, Outcome, Status
from grader.rubric import Chosen

FAULTS = (Status.GRADER_ERROR,)
"""What the next run tries again: it says nothing of the submission."""


@dataclass(frozen=True, slots=True)
class Known:
    """An entry whose submission was read: its hash, None if there is none, and the remarks."""

    entry: Entry
    sha256: str | None = None
    remarks: tuple[str, ...] = ()


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Be the only run that writes into the gradebook at `path`; UsageError if another one does."""
    lock = path.with_name(f"{path.name}.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise UsageError(f"the gradebook {path} cannot be written: {error}") from error
    try:
        # The kernel lets go of it when this process ends, however it ends.
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise UsageError(
            f"another run is writing into {path}: wait for it, or name another --gradebook"
        ) from None
    finally:
        os.close(descriptor)


class Journal:
    """Writes one run into a gradebook. Use it inside `writing`, in one thread."""

    def __init__(self, book: Gradebook) -> None:
        self._book = book
        self._db = book.db
        self.run = 0
        """The run's key, once it has begun."""

    def begin(
        self,
        kind: RunKind,
        *,
        seed: int,
        mode: Mode,
        engine: str,
        chosen: Chosen,
        handed_in: Sequence[Known] = (),
        keep_paths: bool = True,
        floors: Iterable[Floor] = (),
    ) -> None:
        """Write down the run and what it was given, in one transaction.

        `chosen` is the gradebook's whole part of the rubric. An entry that says what the gradebook
        knows already leaves no row. Of `floors`, a student keeps the higher one.
        """
        topics, versions = snapshot.to_json(chosen), packed(packages())
        rubric, version_hash = sha256(topics), sha256(versions)
        about = provenance(seed)
        with self._book.transaction():
            self._db.execute("INSERT OR IGNORE INTO rubrics VALUES (?, ?)", [rubric, topics])
            self._db.execute(
                "INSERT OR IGNORE INTO packages VALUES (?, ?)", [version_hash, versions]
            )
            cursor = self._db.execute(
                "INSERT INTO runs (kind, started_at, seed, mode, engine, version, checks_sha256,"
                " packages_sha256, rubric_sha256) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    kind,
                    now(),
                    seed,
                    mode,
                    engine,
                    about.version,
                    about.checks_sha256,
                    version_hash,
                    rubric,
                ],
            )
            self.run = cursor.lastrowid or 0
            self._write_hand_ins(handed_in, keep_paths)
            for floor in floors:
                self._db.execute(
                    "INSERT INTO floors VALUES (?, ?, ?, ?) ON CONFLICT (student) DO UPDATE SET"
                    " run = iif(excluded.score > score, excluded.run, run),"
                    " score = max(score, excluded.score),"
                    " extra_credit = max(extra_credit, excluded.extra_credit)",
                    [floor.student, floor.score, floor.extra_credit, self.run],
                )

    def _write_hand_ins(self, handed_in: Sequence[Known], keep_paths: bool) -> None:
        before = {one.student: one for one in self._book.hand_ins()}
        for known in handed_in:
            entry = known.entry
            self._db.execute(
                "INSERT INTO students VALUES (?, ?)"
                " ON CONFLICT (id) DO UPDATE SET name = excluded.name",
                [entry.student, entry.name],
            )
            submission = None if known.sha256 is None else self._submission(known)
            path = str(entry.path) if keep_paths and entry.path is not None else ""
            told = (submission, path, entry.submitted_at, entry.late_days, entry.problem)
            last = before.get(entry.student)
            if last is None or told != self._told(last.student, last.run):
                self._db.execute(
                    "INSERT INTO hand_ins VALUES (?, ?, ?, ?, ?, ?, ?)",
                    [self.run, entry.student, *told],
                )

    def _told(self, student: str, run: int) -> tuple[object, ...]:
        row = self._db.execute(
            "SELECT submission, path, submitted_at, late_days, problem FROM hand_ins"
            " WHERE student = ? AND run = ?",
            [student, run],
        ).fetchone()
        return tuple(row)

    def _submission(self, known: Known) -> int:
        student = known.entry.student
        self._db.execute(
            "INSERT INTO submissions (student, sha256, remarks_json) VALUES (?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            [student, known.sha256, packed(known.remarks)],
        )
        row = self._db.execute(
            "SELECT id FROM submissions WHERE student = ? AND sha256 = ?", [student, known.sha256]
        ).fetchone()
        key: int = row["id"]
        return key

    def stale(
        self, submission: int, wanted: Mapping[str, Conditions], at_hand: Isolation
    ) -> tuple[str, ...]:
        """Which of the wanted checks have to run on a submission.

        Those without an outcome, those whose outcome was found under other conditions, the grader's
        own errors, and those found without a layer of isolation that is `at_hand` now.
        """
        rows = self._db.execute(
            "SELECT check_id, check_sha256, rubric_sha256, seed, packages_sha256, status,"
            " layers_json FROM outcomes JOIN isolations AS i ON i.sha256 = isolation_sha256"
            " WHERE submission = ? ORDER BY id",
            [submission],
        )
        newest = {row["check_id"]: row for row in rows}
        held = {layer for layer, holds in at_hand.layers.items() if holds}

        def current(row: sqlite3.Row, conditions: Conditions) -> bool:
            return (
                row["status"] not in FAULTS
                and conditions_of(row) == conditions
                and held <= _layers(row["layers_json"])
            )

        return tuple(
            check
            for check, conditions in wanted.items()
            if check not in newest or not current(newest[check], conditions)
        )

    def record(
        self, submission: int, outcome: Outcome, conditions: Conditions, isolation: Isolation
    ) -> None:
        """Write down one outcome; on return it is on the disk."""
        layers = packed(dict(isolation.layers))
        key = sha256(f"{isolation.level} {layers}")
        # Pictures would make a gradebook of gigabytes; `grader grade` draws them again.
        data = outcome_to_wire(replace(outcome, figures=()))
        check = data.pop("check")
        status, fraction, message, seconds = (data.pop(name) for name in OUTCOME_COLUMNS)
        with self._book.transaction():
            self._db.execute(
                "INSERT OR IGNORE INTO isolations VALUES (?, ?, ?)", [key, isolation.level, layers]
            )
            self._db.execute(
                "INSERT INTO outcomes (run, submission, check_id, check_sha256, rubric_sha256,"
                " seed, packages_sha256, isolation_sha256, status, fraction, message, seconds,"
                " details_json, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    self.run,
                    submission,
                    check,
                    conditions.check,
                    conditions.rubric,
                    conditions.seed,
                    conditions.packages,
                    key,
                    status,
                    fraction,
                    _text(message),
                    seconds,
                    json.dumps(data),
                    now(),
                ],
            )

    def finish(self) -> None:
        """Write down that the run has ended by itself."""
        with self._book.transaction():
            self._db.execute("UPDATE runs SET finished_at = ? WHERE id = ?", [now(), self.run])


def _layers(text: str) -> set[str]:
    return {layer for layer, holds in json.loads(text).items() if holds}


def _text(text: str) -> str:
    """Text that SQLite can store: a message may hold half a surrogate pair."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
