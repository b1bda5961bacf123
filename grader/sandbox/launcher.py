"""Starts zygotes, inside bubblewrap where it can start, and connects their clients."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.errors import IsolationError
from grader.records import Mode
from grader.sandbox import bubblewrap, paths, process
from grader.sandbox.client import EXIT_S, Client
from grader.sandbox.fonts import fonts_folder
from grader.sandbox.scratch import Scratch
from grader.sandbox.users import Users, new_users


@dataclass(frozen=True, slots=True)
class _Profile:
    """How a zygote is started."""

    bwrap: str | None
    uids: list[int]
    clients: int
    without: tuple[str, ...]


class Zygote(Client):
    """A pre-imported process that forks workers, for this process and for others that it connects.

    Start it once, close it at the end.
    """

    def __init__(
        self,
        preload: Sequence[str],
        mode: Mode = "auto",
        without: Sequence[str] = (),
        clients: int = 1,
    ) -> None:
        """Start importing `preload` in the background; nothing waits until it is needed.

        `without` switches layers off by name, which is for the tests of the layers themselves.
        So many `clients` will be connected at once.
        """
        with contextlib.ExitStack() as undo:
            users = None if "unprivileged_user" in without else new_users()
            if users is not None:
                undo.callback(users.close)
            scratch = Scratch()
            undo.callback(scratch.close)
            profile = _Profile(
                bwrap=None if "namespaces" in without else bubblewrap.find(),
                uids=users.uids if users else [],
                clients=clients,
                without=tuple(without),
            )
            try:
                errors = undo.enter_context(tempfile.TemporaryFile())
                control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                undo.callback(control.close)
                with theirs:
                    self._process = subprocess.Popen(
                        _command(profile, theirs.fileno(), list(preload), scratch.path),
                        env=_environment(),
                        pass_fds=[theirs.fileno()],
                        stdin=subprocess.DEVNULL,
                        stdout=subprocess.DEVNULL,
                        stderr=errors,
                        start_new_session=True,
                    )
            except OSError as error:
                raise IsolationError(f"the sandbox cannot be started: {error}") from error
            undo.callback(self._wait)
            super().__init__(control, errors, preload, mode)
            self._left = undo.pop_all()

    def connect(self, users: Users | None) -> tuple[socket.socket, int]:
        """What another process needs to be a client: a control socket and the errors' descriptor.

        Its workers will be these `users`. The socket is the caller's to close, once it is passed
        on; the descriptor is not. IsolationError when the zygote has ended.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            try:
                self._send({"connect": users.uids if users else []}, theirs.fileno())
            except BaseException:
                ours.close()
                raise
        return ours, self._errors.fileno()

    def close(self) -> None:
        """End the zygote and all its workers, and remove their folders."""
        with self._left:
            self._end_workers()

    def _wait(self) -> None:
        self._control.close()
        try:
            self._process.wait(EXIT_S)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def alive(self) -> bool:
        """Whether the zygote can still fork workers."""
        return super().alive() and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The process that was started: the zygote's, or bubblewrap's around it."""
        return self._process.pid


def _environment() -> dict[str, str]:
    """The zygote's whole environment. A fixed hash seed keeps the order of sets the same."""
    return {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "PYTHONHASHSEED": "0",
        "MPLBACKEND": "Agg",
        **process.LIBRARY_SETTINGS,
    }


def _command(profile: _Profile, control: int, preload: list[str], work: str) -> list[str]:
    roots, fonts = paths.interpreter_roots(), fonts_folder()
    namespaces = profile.bwrap is not None
    inside = "/submission" if namespaces else work
    plan = {
        "control": control,
        "preload": preload,
        "readable": [*roots, *paths.kernel_files()],
        "work": inside,
        "mount": namespaces,
        "uids": profile.uids,
        "own_users": bool(profile.uids) and (namespaces or _others_can_read(roots)),
        "clients": profile.clients,
        "outside": process.namespaces(),
        "fonts": str(fonts) if fonts else None,
        "without": [name for name in profile.without if name in ("landlock", "seccomp", "rlimits")],
    }
    search = [str(paths.PACKAGE.parent), *paths.package_folders()]
    start = f"import sys; sys.path += {search!r}; from grader.sandbox.zygote import main; main()"
    python = [sys.executable, "-s", "-S", "-P", "-B", "-c", start, json.dumps(plan)]
    if profile.bwrap is None:
        return python
    return [*bubblewrap.wrapping(profile.bwrap, _environment(), roots, fonts), *python]


def _others_can_read(roots: list[str]) -> bool:
    """Whether another user reaches the packages: they may lie in a home folder of mode 0700."""
    for root in (*roots, *paths.package_folders()):
        for path in (Path(root), *Path(root).parents):
            if not path.stat().st_mode & 0o001 and path.is_dir():
                return False
    return True
