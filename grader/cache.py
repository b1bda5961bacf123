"""Outcomes of earlier runs: an unchanged topic is not run again.

An entry belongs to one topic of one submission and is found by a hash of all that can change an
outcome: the files that the topic's workers get, every source and data file of the grader, the
seed, the packages, the interpreter. The isolation that it was found under stands in it, and counts
only where this machine has the same.

The cache is the grader's own. No worker reaches it: where neither namespaces nor Landlock keep a
worker off the disk, nothing is kept and nothing is used. It lies in a folder that only its owner
may enter. Whoever can write there can change the grader itself: the cache guards against
submissions and other users, not against its owner, nor against a submission that its owner ran as
themself (`grader replay`, `--isolation none` or `process`).
"""

import contextlib
import hashlib
import json
import os
import platform
import secrets
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache as memoised
from pathlib import Path

from grader.data.optional import optional_files
from grader.engine.outcome_wire import outcome_from_wire, outcome_to_wire
from grader.records import Isolation, Mode, Outcome, Status
from grader.sandbox import wire
from grader.sandbox.launcher import Zygote

FORMAT = 1
MAX_ENTRY = 16 << 20
MAX_TOTAL = 128 << 20
MAX_ENTRIES = 1000
"""Bounds of the folder: the entries that were used least recently go first."""

UNSETTLED = {Status.GRADER_ERROR, Status.TIMEOUT, Status.OUT_OF_MEMORY, Status.CRASHED}
"""Outcomes that a busy or a full machine can cause: such a check is run again."""

_PACKAGE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Key:
    """What an outcome depends on besides the grader and the machine."""

    topic: str
    files_sha256: str
    seed: int
    mode: Mode
    replay_name: str
    """It stands in the command that replays a failure."""
    packages: Mapping[str, str]

    def digest(self) -> str:
        """The key and all that is the same for every run of this grader here, as a name."""
        parts = [
            FORMAT, asdict(self), grader_hash(), sys.version, platform.machine(),
            [_stamp(path) for path in optional_files()],
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


class Cache:
    """Outcomes kept in a folder. Whatever is wrong with it, grading goes on without.

    As a context manager it starts at once what `machine` needs: that takes a third of a second.
    """

    def __init__(self, folder: Path, mode: Mode) -> None:
        self.reused = 0
        """Outcomes that were found here."""
        self._folder = folder
        self._mode = mode
        self._machine: Isolation | None = None
        self._zygote: Zygote | None = None

    def __enter__(self) -> "Cache":
        with _opened(self._folder) as folder:
            if folder is not None and os.listdir(folder):
                self._zygote = Zygote((), self._mode)
        return self

    def __exit__(self, *_: object) -> None:
        if self._zygote is not None:
            self._zygote.close()
            self._zygote = None

    def find(self, key: Key) -> dict[str, Outcome]:
        """The outcomes of a topic that are known, by check; IsolationError as a run would raise."""
        with _opened(self._folder) as folder:
            data = None if folder is None else _read(folder, key.digest())
            entry = None if data is None else _decoded(data, key.digest())
            if folder is None or entry is None:
                return {}
            isolation, outcomes = entry
            if isolation != self.machine() or not _out_of_reach(isolation):
                return {}
            with contextlib.suppress(OSError):
                os.utime(key.digest(), dir_fd=folder)
            return outcomes

    def keep(self, key: Key, isolation: Isolation, outcomes: Iterable[Outcome]) -> None:
        """Keep what was found under `isolation`, less what may end otherwise the next time."""
        settled = [o for o in outcomes if o.status not in UNSETTLED]
        if not settled or not _out_of_reach(isolation):
            return
        with _opened(self._folder, create=True) as folder, contextlib.suppress(OSError):
            if folder is not None:
                _write(folder, key.digest(), _encoded(key.digest(), isolation, settled))
                _prune(folder)

    def machine(self) -> Isolation:
        """The isolation that a run would have, tried now: it may have changed since the last."""
        if self._machine is None:
            zygote = self._zygote or Zygote((), self._mode)
            try:
                self._machine = zygote.isolation()
            finally:
                self._zygote = None
                zygote.close()
        return self._machine


def open_cache(mode: Mode) -> Cache | None:
    """The user's cache; None where nothing confines a submission, or there is no place for one."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    folder = Path(base) / "grader" / "outcomes"
    confined = mode not in ("none", "process")
    return Cache(folder, mode) if confined and folder.is_absolute() else None


@memoised
def grader_hash() -> str:
    """A hash of the grader's sources, rubric and data."""
    digest = hashlib.sha256()
    for path in sorted(_PACKAGE.rglob("*")):
        if path.suffix in (".py", ".toml", ".ini") or path.parent.name == "files":
            digest.update(path.relative_to(_PACKAGE).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


def _out_of_reach(isolation: Isolation) -> bool:
    """Whether a worker could not have come here: one of the two takes the disk away."""
    return isolation.layers.get("namespaces", False) or isolation.layers.get("landlock", False)


@contextlib.contextmanager
def _opened(folder: Path, *, create: bool = False) -> Iterator[int | None]:
    """The folder's descriptor; None where it is absent or not this user's alone."""
    descriptor = None
    try:
        with contextlib.suppress(OSError):
            if create:
                folder.parent.mkdir(parents=True, exist_ok=True)
                with contextlib.suppress(FileExistsError):
                    folder.mkdir(mode=0o700)
            # No link is followed, and what was looked at is what is used.
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        ours = descriptor is not None and _is_ours(os.fstat(descriptor), 0o077)
        yield descriptor if ours else None
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _is_ours(found: os.stat_result, forbidden: int) -> bool:
    return found.st_uid == os.geteuid() and not found.st_mode & forbidden


def _read(folder: int, name: str) -> bytes | None:
    """The bytes of an entry; None unless it is a regular file that this user alone writes."""
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or not _is_ours(found, 0o022):
            return None
        data = file.read(MAX_ENTRY + 1)
    return data if len(data) <= MAX_ENTRY else None


def _write(folder: int, name: str, data: bytes) -> None:
    """Write an entry whole or not at all."""
    if len(data) > MAX_ENTRY:
        return
    partial = f".{secrets.token_hex(8)}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        with os.fdopen(os.open(partial, flags, 0o600, dir_fd=folder), "wb") as file:
            file.write(data)
        os.replace(partial, name, src_dir_fd=folder, dst_dir_fd=folder)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(partial, dir_fd=folder)
        raise


def _prune(folder: int) -> None:
    """Remove what was used least recently until the folder is within its bounds."""
    with os.scandir(folder) as entries:
        found = [(entry.stat(follow_symlinks=False), entry.name) for entry in entries]
    found.sort(key=lambda one: one[0].st_mtime_ns)
    count, total = len(found), sum(one.st_size for one, _ in found)
    for one, name in found:
        if count <= MAX_ENTRIES and total <= MAX_TOTAL:
            return
        with contextlib.suppress(OSError):
            os.unlink(name, dir_fd=folder)
        count, total = count - 1, total - one.st_size


def _encoded(name: str, isolation: Isolation, outcomes: Iterable[Outcome]) -> bytes:
    entry = {
        "key": name,
        "isolation": [isolation.level, dict(isolation.layers)],
        "outcomes": [outcome_to_wire(outcome) for outcome in outcomes],
    }
    body = wire.encode(entry, MAX_ENTRY)
    return hashlib.sha256(body).digest() + body


def _decoded(data: bytes, name: str) -> tuple[Isolation, dict[str, Outcome]] | None:
    """An entry's content; None for one that is damaged, or stands under another's name."""
    digest, body = data[:32], data[32:]
    if hashlib.sha256(body).digest() != digest:
        return None
    try:
        entry = wire.decode(body[wire.HEADER.size :])
        outcomes = [outcome_from_wire(outcome) for outcome in entry["outcomes"]]
        isolation = Isolation(*entry["isolation"])
        known = entry["key"] == name
    except (wire.WireError, KeyError, TypeError, ValueError):
        return None
    return (isolation, {outcome.check: outcome for outcome in outcomes}) if known else None
