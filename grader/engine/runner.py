"""The runner: a process of the grader that runs checks and reports each outcome as it happens.

It imports pytest, Hypothesis and, where a topic needs it, torch, so that the command line stays
light, a crash of a library costs one check and not the report, and several run at once.
Messages are frames of the wire codec over a socket: in, jobs, zygotes and one check after another;
out, requests for a check, outcomes, isolation and the end of a job.
"""

import json
import os
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FrameType
from typing import Any, get_args

from grader.engine.outcome_wire import outcome_to_wire
from grader.engine.topic_files import libraries
from grader.engine.zygotes import ZygotePool
from grader.errors import GraderError
from grader.records import Isolation, Mode, Outcome
from grader.rubric import CHECKS, load_rubric
from grader.sandbox import interrupts, wire
from grader.sandbox.launcher import Zygote
from grader.sandbox.process import LIBRARY_SETTINGS, harden
from grader.sandbox.users import Users

LIMIT = 1 << 34
CANCEL = signal.SIGURG
"""Asks a runner to end its job. It is ignored by default: it can come before anybody listens."""
AGAIN_S = 2.0
"""A job that is not over so long after it was ended is ended again."""
LOADER = "grader.sandbox.worker"
"""The module that imports a submission, in mode `none` into the runner itself."""


@dataclass(frozen=True, slots=True)
class Job:
    """One topic of one submission; which of its checks to run is asked one by one."""

    number: int
    topic: str
    files: dict[str, bytes]
    replay_name: str
    seed: int
    mode: Mode
    seconds: float


class Cancellation:
    """Ends a job in the middle of a check when the session asks for it.

    Not in the middle of an import: a library that is half imported cannot be imported again. Nor
    while the runner says something to the session or hears of it, or a worker begins or ends: the
    session asks again and again.
    """

    def __init__(self) -> None:
        """Listen from now on."""
        self.happened = False
        self._armed = False
        self._deaf_until = 0.0
        signal.signal(CANCEL, self._hear)

    def _hear(self, _: int, at: FrameType | None) -> None:
        now = time.monotonic()
        if (
            self._armed
            and now >= self._deaf_until
            and not interrupts.are_held()
            and not _imports(at)
        ):
            # What is raised may be dropped, in a finaliser or by the garbage collector.
            self._deaf_until = now + AGAIN_S
            self.happened = True
            raise KeyboardInterrupt

    def begin(self) -> None:
        """A job begins, nothing of the one before counts; it may be ended from its first check."""
        self.happened = self._armed = False
        self._deaf_until = 0.0

    def sent(self, send: Callable[[], None]) -> None:
        """Send an outcome whole; from then on the job may be ended."""
        self._armed = False
        send()
        self._armed = True

    def heard(self, ask: Callable[[], Any]) -> Any:
        """Ask the session for something; without it, what is left to do ends by itself."""
        self._armed = False
        answer = ask()
        self._armed = answer is not None
        return answer

    def end(self) -> None:
        """The job is over."""
        self._armed = False


def _imports(at: FrameType | None) -> bool:
    """Whether the code that runs there is part of an import, less a submission's in mode `none`."""
    imports = False
    while at is not None:
        if at.f_code.co_filename.startswith("<frozen importlib."):
            imports = True
        elif imports and at.f_globals.get("__name__") != LOADER:
            return True
        else:
            imports = False
        at = at.f_back
    return imports


def run_job(
    job: Job, pool: ZygotePool, checks: Iterator[str], emit: Callable[[Outcome], None]
) -> None:
    """Run checks of a job's topic here, giving each outcome to `emit` as soon as it is known."""
    topic = load_rubric().topic(job.topic)
    preload = libraries(topic, job.files)
    # The zygote imports its libraries while this process imports pytest and Hypothesis.
    pool.warm(preload)
    from grader.engine import notebooks, plugin
    from grader.engine.context import Context
    from grader.engine.failures import EndCheck

    try:
        files, notebook = notebooks.as_module(topic, job.files, pool)
    except EndCheck as error:
        for name in checks:
            emit(Outcome(name, error.status, message=error.message))
        return
    context = Context(
        files=files,
        replay_name=job.replay_name,
        seed=job.seed,
        zygotes=pool,
        stop_at=time.monotonic() + job.seconds,
        emit=emit,
        notebook=notebook,
        preload=preload,
    )
    plugin.run_checks(topic, context, checks)


def main() -> None:
    """Serve jobs from the socket whose descriptor is the first argument, until it closes."""
    # What is expected of a submission lies in this process's memory.
    harden()
    connection = socket.socket(fileno=int(sys.argv[1]))
    # A terminal interrupts all processes at once; the session decides when this one ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # pytest writes to these; a job's results travel over the socket alone.
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 1)
    pools = {mode: ZygotePool(mode) for mode in get_args(Mode)}
    cancellation = Cancellation()
    try:
        # The session may be gone already: then this interrupts at once.
        threading.Thread(target=_end_with, args=(connection,), daemon=True).start()
        while (message := receive(connection)) is not None:
            if "zygote" in message:
                _adopt_zygote(connection, pools[message["zygote"]], message["preload"])
                continue
            job = Job(**message)
            _serve(connection, job, pools[job.mode], cancellation)
    except (BrokenPipeError, ConnectionResetError, KeyboardInterrupt):
        pass
    except Exception:
        # The interrupt of `_end_with` comes out of an import as another error.
        if not _hung_up(connection, wait=False):
            raise
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for pool in pools.values():
            pool.close()
    # Nothing here outlives the process, and taking its libraries apart takes 0.2 s.
    os._exit(0)


def _end_with(connection: socket.socket) -> None:
    """Interrupt this process when the session is gone, in the middle of a check too."""
    _hung_up(connection, wait=True)
    # To the main thread itself: a signal that this one takes would not end the other's waiting.
    # Again, since the first may come where Python drops what is raised, in a finaliser.
    main_thread = threading.main_thread().ident
    while main_thread is not None:
        signal.pthread_kill(main_thread, signal.SIGTERM)
        time.sleep(2)


def _hung_up(connection: socket.socket, wait: bool) -> bool:
    hangup = select.poll()
    hangup.register(connection, 0)
    return bool(hangup.poll(None if wait else 0))


def _serve(
    connection: socket.socket, job: Job, pool: ZygotePool, cancellation: Cancellation
) -> None:
    preload = libraries(load_rubric().topic(job.topic), job.files)
    told = False

    def tell(found: Isolation) -> None:
        nonlocal told
        if not told:
            told = True
            send(connection, {"isolation": {"level": found.level, "layers": dict(found.layers)}})

    def send_both(outcome: Outcome) -> None:
        # Who writes outcomes down one by one has to know what each was found under.
        found = pool.known_isolation(preload)
        if found is not None:
            tell(found)
        send(connection, {"outcome": outcome_to_wire(outcome)})

    def emit(outcome: Outcome) -> None:
        cancellation.sent(lambda: send_both(outcome))

    def take() -> str | None:
        send(connection, {"take": job.number})
        answer = receive(connection)
        # The session has hung up: nobody waits for another check.
        return None if answer is None else answer["check"]

    try:
        try:
            cancellation.begin()
            checks = iter(lambda: cancellation.heard(take), None)
            run_job(job, pool, checks, emit)
        except (KeyboardInterrupt, TypeError):
            # TypeError: pytest cannot describe an interrupt that came at a place without a line
            # number, as Python 3.11 has some.
            if not cancellation.happened:
                raise
        finally:
            cancellation.end()
        # Refuses, where the mode demands a layer that is missing.
        tell(pool.isolation(preload))
        send(connection, {"done": job.number, "error": ""})
    except GraderError as error:
        send(connection, {"done": job.number, "error": str(error)})


def share_zygote(
    connection: socket.socket,
    zygote: Zygote,
    users: Users | None,
    mode: Mode,
    preload: tuple[str, ...],
) -> None:
    """Let the runner at the other end take workers from a zygote of this process."""
    control, errors = zygote.connect(users)
    with control:
        send(connection, {"zygote": mode, "preload": list(preload)})
        socket.send_fds(connection, [b"\0"], [control.fileno(), errors])


def _adopt_zygote(connection: socket.socket, pool: ZygotePool, preload: list[str]) -> None:
    _, (control, errors), _, _ = socket.recv_fds(connection, 1, 2)
    pool.adopt(preload, socket.socket(fileno=control), os.fdopen(errors, "rb"))


def send(connection: socket.socket, message: Any) -> None:
    """Send one frame."""
    connection.sendall(wire.encode(message, LIMIT))


def receive(connection: socket.socket) -> Any:
    """Receive one frame; None when the other side has hung up."""
    header = _exactly(connection, wire.HEADER.size)
    if header is None:
        return None
    body = _exactly(connection, wire.body_length(header, LIMIT))
    return None if body is None else wire.decode(body)


def _exactly(connection: socket.socket, count: int) -> bytes | None:
    data = bytearray()
    while len(data) < count:
        part = connection.recv(min(1 << 20, count - len(data)))
        if not part:
            return None
        data += part
    return bytes(data)


def environment(folder: str) -> dict[str, str]:
    """A runner's environment: no option of the caller's, no plugins, one thread, a fixed hash seed.

    All that it writes is in `folder`, what Hypothesis learns of the code included.
    """
    dropped = ("PYTEST_", "PYTHON", "HYPOTHESIS", "COV_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    return {
        **kept,
        **LIBRARY_SETTINGS,
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "TMPDIR": folder,
        "HYPOTHESIS_STORAGE_DIRECTORY": os.path.join(folder, "hypothesis"),
        "HYPOTHESIS_NO_PLUGINS": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONWARNINGS": "ignore",
        "MPLBACKEND": "Agg",
    }


def command(descriptor: int) -> list[str]:
    """The command that starts a runner on an inherited socket."""
    root = json.dumps(str(CHECKS.parent.parent))
    start = f"import sys; sys.path.insert(0, {root}); from grader.engine.runner import main; main()"
    return [sys.executable, "-P", "-c", start, str(descriptor)]
