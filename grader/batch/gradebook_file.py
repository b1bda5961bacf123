"""The file of a gradebook: made whole or not at all, and told from every other file."""

import sqlite3
from pathlib import Path

from grader.batch.canonical import packed
from grader.batch.records import Scope
from grader.errors import UsageError

APPLICATION = 0x67726472
"""SQLite's application id of a gradebook ("grdr"): another database is not taken for one."""
VERSION = 1
SCHEMA = Path(__file__).with_name("schema.sql")
WAIT_S = 30.0
"""How long a write waits for another process's short transaction."""

_FORMAT = {"application_id": APPLICATION, "user_version": VERSION}


def connect(path: Path) -> sqlite3.Connection:
    """Open the gradebook at `path`; UsageError where there is none, or another file."""
    if not path.is_file():
        raise UsageError(f"there is no gradebook {path}: `grader batch` makes it")
    db = _open(path)
    try:
        _check_format(db, path)
        # Nobody who reads waits for a run; what is committed outlives a power cut too.
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
    except sqlite3.DatabaseError as error:
        db.close()
        raise UsageError(f"{path} cannot be used as a gradebook: {error}") from error
    except BaseException:
        db.close()
        raise
    return db


def make(path: Path, scope: Scope) -> None:
    """Make the file under another name first: a gradebook is there whole or not at all."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
        # Marks are nobody else's business; SQLite gives its journal the mode of the file.
        partial.touch(0o600)
        db = _open(partial)
        try:
            db.executescript(SCHEMA.read_text(encoding="utf-8"))
            db.execute(
                "INSERT INTO scope VALUES (?, ?, ?)",
                [scope.assignment, packed(scope.only), scope.pseudonymous],
            )
            db.execute(f"PRAGMA application_id = {APPLICATION}")
            db.execute(f"PRAGMA user_version = {VERSION}")
        finally:
            db.close()
        partial.replace(path)
    except (OSError, sqlite3.OperationalError) as error:
        raise UsageError(f"the gradebook {path} cannot be made: {error}") from error


def _open(path: Path) -> sqlite3.Connection:
    # Transactions are begun and ended by us, not guessed by the module.
    db = sqlite3.connect(path, timeout=WAIT_S, isolation_level=None)
    db.row_factory = sqlite3.Row
    db.execute("PRAGMA foreign_keys = ON")
    return db


def _check_format(db: sqlite3.Connection, path: Path) -> None:
    found = [db.execute(f"PRAGMA {name}").fetchone()[0] for name in _FORMAT]
    if found == list(_FORMAT.values()):
        return
    if found[0] == APPLICATION:
        raise UsageError(
            f"{path} is a gradebook of version {found[1]}, this grader reads version {VERSION}:"
            " use the grader that made it, or another --gradebook"
        )
    raise UsageError(f"{path} is no gradebook: name another file")
