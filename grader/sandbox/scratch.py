"""Temporary folders that outlive nobody: what a killed grader leaves, the next one removes.

A folder is in use while a process holds the lock on the mark in it. The kernel lets go of a lock
with the last process that has it, however that process ends.
"""

import contextlib
import fcntl
import os
import stat
import tempfile

from grader.errors import IsolationError
from grader.sandbox.folders import remove_tree

PREFIX = "grader-"
MARK = "in-use"
"""The file with the lock. A folder without it is none of these, whatever it is called."""


class Scratch:
    """A temporary folder of this process; `close` removes it.

    A process that is given `lock` (`pass_fds` of `subprocess.Popen`) holds the folder too.
    """

    def __init__(self) -> None:
        """Make it once those of killed graders are removed; IsolationError where no room is."""
        try:
            sweep()
            self.path = tempfile.mkdtemp(prefix=PREFIX)
        except OSError as error:
            raise IsolationError(f"there is no room for temporary files: {error}") from error
        try:
            # A worker that is another user has its own folder inside.
            os.chmod(self.path, 0o711)
            self.lock = _held_mark(self.path)
        except OSError as error:
            remove_tree(self.path)
            raise IsolationError(f"there is no room for temporary files: {error}") from error

    def close(self) -> None:
        """Remove the folder; nobody may still write to it."""
        remove_tree(self.path)
        os.close(self.lock)


def sweep() -> list[str]:
    """Remove this user's folders that nobody holds any more; their paths."""
    base = tempfile.gettempdir()
    paths = [os.path.join(base, name) for name in os.listdir(base) if name.startswith(PREFIX)]
    return [path for path in paths if _is_own_folder(path) and _removed(path)]


def _held_mark(folder: str) -> int:
    """The descriptor of a mark whose lock this process has."""
    made = os.path.join(folder, f"{MARK}.new")
    lock = os.open(made, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Nobody ever sees a mark that is not held yet.
        os.rename(made, os.path.join(folder, MARK))
    except OSError:
        os.close(lock)
        raise
    return lock


def _is_own_folder(path: str) -> bool:
    # The folder for temporary files is everybody's: a link in it may lead anywhere.
    try:
        found = os.lstat(path)
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()


def _removed(path: str) -> bool:
    """Remove a folder unless it has no mark, or somebody holds it; whether it was removed."""
    try:
        lock = os.open(os.path.join(path, MARK), os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            remove_tree(path)
            return True
        return False
    finally:
        os.close(lock)
