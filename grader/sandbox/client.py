"""A connection to a zygote: asks it for workers, may keep one in reserve, hears how they end."""

import contextlib
import json
import os
import select
import signal
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from grader.errors import IsolationError
from grader.records import Isolation, Mode
from grader.sandbox import interrupts
from grader.sandbox.channel import Exit, Worker, WorkerDied
from grader.sandbox.limits import Limits

CONFINING = ("namespaces", "landlock", "seccomp")
"""Without one of these a submission reads and writes whatever the grader's user can."""

START_S = 60.0
"""A zygote that has not imported its libraries by then is broken (torch takes 1 to 3 s)."""
EXIT_S = 5.0
"""How long a dead worker's exit status may take to arrive."""


@dataclass(slots=True, eq=False)
class _Asked:
    """A worker that a zygote was asked for: this end of what it has, and what is known of it."""

    number: int
    connection: socket.socket
    output: int
    limits: Limits
    pidfd: int | None = None
    """Once it is made."""
    failed: str | None = None
    """Why it cannot be made."""
    exit: Exit | None = None
    """Once it has ended."""


class _NoWorkerError(IsolationError):
    """The zygote could not make a worker; the next one it may."""


class Client:
    """A connection to a zygote, which forks workers for it."""

    def __init__(
        self, control: socket.socket, errors: BinaryIO, preload: Sequence[str], mode: Mode
    ) -> None:
        """`errors` has what the zygote writes when it fails; both are the client's to close."""
        self._control = control
        self._errors = errors
        self._mode = mode
        self._tensors = any(name.split(".")[0] == "torch" for name in preload)
        self._isolation: Isolation | None = None
        self._ready: dict[str, Any] | None = None
        self._count = 0
        self._asked: dict[int, _Asked] = {}
        """Those that news may still come of, the workers in use among them."""
        self._live: dict[int, Worker] = {}
        """The workers in use."""
        self._spare: _Asked | None = None
        self._dying: list[int] = []
        """Process descriptors of those that were killed and may not have ended yet."""

    def isolation(self) -> Isolation:
        """Which layers hold, tried once in a throw-away worker."""
        if self._isolation is None:
            worker = self.worker(Limits())
            try:
                status, found = worker.request("probe", {}, START_S)
            except WorkerDied as error:
                status, found = "died", f"{error}; it said: {worker.printed().strip()}"
            finally:
                worker.close()
            if status != "ok":
                raise IsolationError(f"the sandbox could not probe itself: {found}")
            self._isolation = _judge(found)
        missing = [name for name, held in self._isolation.layers.items() if not held]
        if self._mode == "strict" and missing:
            raise IsolationError(
                f"--isolation strict, but these layers are missing: {', '.join(missing)}. "
                "Run `grader doctor` for the way out, or grade with --isolation auto."
            )
        if self._mode == "auto" and not set(CONFINING) - set(missing):
            raise IsolationError(
                "nothing here keeps a submission from your files: namespaces, Landlock and seccomp"
                " are all missing. Run `grader doctor` for the way out, or grade a submission that"
                " you trust with --isolation process."
            )
        return self._isolation

    @property
    def known_isolation(self) -> Isolation | None:
        """Which layers hold; None while nobody has tried."""
        return self._isolation

    def worker(self, limits: Limits) -> Worker:
        """A fresh worker; it has not loaded anything of a submission yet.

        Where workers are users of their own, the next one, with the same limits, is made while this
        one is used.
        """
        with interrupts.held():
            while self._ready is None:
                self._hear(START_S)
            self._bury(0)
            worker = self._from_spare(limits) or self._fresh(limits)
            # One that is the same user as its neighbours shares the count of threads with them: it
            # has to be counted when it is needed.
            if self._ready["own_users"]:
                try:
                    self._spare = self._ask(limits)
                except BaseException:
                    worker.close()
                    raise
            return worker

    def _from_spare(self, limits: Limits) -> Worker | None:
        """The one in reserve, if there is one that fits and lives."""
        spare, self._spare = self._spare, None
        if spare is None:
            return None
        if spare.limits != limits:
            self._abandon(spare)
            return None
        try:
            worker = self._made(spare)
        except _NoWorkerError:
            return None
        if worker.alive():
            return worker
        worker.close()
        return None

    def _fresh(self, limits: Limits) -> Worker:
        while True:
            try:
                return self._made(self._ask(limits))
            except _NoWorkerError:
                # One that is ending may still have what another needs.
                if not self._bury(EXIT_S):
                    raise

    def _ask(self, limits: Limits) -> _Asked:
        """Ask for a worker, and do not wait for it."""
        self._count += 1
        number = self._count
        with contextlib.ExitStack() as undo:
            ours, theirs = socket.socketpair()
            undo.callback(ours.close)
            with theirs:
                output, theirs_output = os.pipe()
                undo.callback(os.close, output)
                asked = self._asked[number] = _Asked(number, ours, output, limits)
                undo.callback(self._asked.pop, number)
                try:
                    self._send(
                        {"spawn": number, "limits": limits.to_wire()},
                        theirs.fileno(),
                        theirs_output,
                    )
                finally:
                    os.close(theirs_output)
            undo.pop_all()
        return asked

    def _made(self, asked: _Asked) -> Worker:
        """The worker that was asked for, once it is there."""
        try:
            while asked.pidfd is None:
                if asked.failed is not None:
                    raise _NoWorkerError(f"the sandbox gives no worker: {asked.failed}")
                self._hear(START_S)
            worker = self._live[asked.number] = Worker(
                asked.number, asked.connection, asked.output, asked.pidfd, asked.limits, self,
                self._tensors,
            )  # fmt: skip
        except BaseException:
            self._abandon(asked)
            raise
        return worker

    def _abandon(self, asked: _Asked) -> None:
        """Let a worker go that nobody has used; one that is not made yet is killed when it is."""
        del self._asked[asked.number]
        asked.connection.close()
        os.close(asked.output)
        if asked.pidfd is not None:
            self._kill(asked.pidfd)

    def _kill(self, pidfd: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(pidfd, signal.SIGKILL)
        self._dying.append(pidfd)

    def exit_of(self, number: int) -> Exit:
        """How a worker ended, once it has. IsolationError when its zygote did."""
        asked = self._asked[number]
        while asked.exit is None:
            self._hear(EXIT_S)
        return asked.exit

    def released(self, number: int, pidfd: int) -> None:
        """A worker was killed; how it ends interests nobody any more."""
        del self._live[number]
        self._asked.pop(number, None)
        self._dying.append(pidfd)

    def _bury(self, timeout: float) -> bool:
        """Forget those that have ended, waiting for a first; whether there was one."""
        if not self._dying:
            return False
        poll = select.poll()
        for pidfd in self._dying:
            poll.register(pidfd, select.POLLIN)
        ended = [pidfd for pidfd, _ in poll.poll(1000 * timeout)]
        for pidfd in ended:
            self._dying.remove(pidfd)
            os.close(pidfd)
        return bool(ended)

    def close(self) -> None:
        """End this client's workers and hang up."""
        with interrupts.held():
            self._end_workers()
            self._control.close()
            self._errors.close()

    def _end_workers(self) -> None:
        spare, self._spare = self._spare, None
        if spare is not None:
            self._abandon(spare)
        for worker in list(self._live.values()):
            worker.close()
        while self._bury(EXIT_S):
            pass
        while self._dying:
            os.close(self._dying.pop())

    def alive(self) -> bool:
        """Whether the zygote can still fork workers."""
        hangup = select.poll()
        hangup.register(self._control, 0)
        return not hangup.poll(0)

    def _send(self, message: dict[str, Any], *fds: int) -> None:
        try:
            socket.send_fds(self._control, [json.dumps(message).encode()], fds)
        except OSError as error:
            raise self._ended() from error

    def _hear(self, timeout: float) -> None:
        """Take note of the next thing that the zygote says."""
        with interrupts.held():
            self._note(*self._message(timeout))

    def _note(self, message: dict[str, Any], fds: list[int]) -> None:
        if "ready" in message:
            self._ready = message
        elif (asked := self._asked.get(message["worker"])) is None:
            # Nobody waits for this one any more.
            for pidfd in fds:
                self._kill(pidfd)
        elif "spawned" in message:
            (asked.pidfd,) = fds
        elif "failed" in message:
            asked.failed = message["failed"]
        else:
            asked.exit = Exit(message["exited"], message["over"])

    def _message(self, timeout: float) -> tuple[dict[str, Any], list[int]]:
        try:
            self._control.settimeout(timeout)
            data, fds, _, _ = socket.recv_fds(self._control, 1 << 16, 4)
        except TimeoutError as error:
            raise IsolationError(f"the sandbox has said nothing for {timeout:g} s") from error
        except OSError as error:
            raise self._ended() from error
        if not data:
            raise self._ended()
        return json.loads(data), fds

    def _ended(self) -> IsolationError:
        # Not by the file's position: it is one for all that have the file.
        size = os.fstat(self._errors.fileno()).st_size
        said = os.pread(self._errors.fileno(), 2000, max(0, size - 2000)).decode("utf-8", "replace")
        words = said.strip() or "no message"
        return IsolationError(f"the sandbox did not start or has ended: {words}")


def _judge(held: dict[str, bool]) -> Isolation:
    missing = {name for name, holds in held.items() if not holds}
    if not missing:
        return Isolation("full", held)
    if missing == {"namespaces"}:
        return Isolation("kernel", held)
    return Isolation("none" if set(CONFINING) <= missing else "partial", held)
