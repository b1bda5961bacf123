"""The grader's end of a worker: one request at a time, the clock, and what was printed.

The grader has one request outstanding, tagged with 16 random bytes that the reply must echo; a
byte that was not asked for is a violation and ends the worker. The clock is here, outside: a worker
over its time is killed through its pidfd, whatever it does with signals.
"""

import contextlib
import os
import select
import signal
import socket
import time
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol

from grader.sandbox import interrupts, wire
from grader.sandbox.limits import Limits

DRAIN = 1 << 16
"""Bytes of output read at a time."""


class WorkerDied(Exception):  # noqa: N818 - an event that the caller judges
    """A worker ended, or was ended, before it answered.

    `reason` is one of "crashed", "timeout", "violation", "output_limit", "out_of_memory".
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Exit:
    """How a worker ended: its wait status, and what the zygote ended it for, if it did."""

    status: int
    over: str | None = None


class Channel(Protocol):
    """A place where a submission runs: a sandboxed worker, or this process (`none`)."""

    def request(self, operation: str, payload: dict[str, Any], timeout: float) -> tuple[str, Any]:
        """A reply's status and data; `WorkerDied` when there is none."""

    def printed(self) -> str:
        """What was printed so far, cut to its limit."""

    def close(self) -> None:
        """End it and everything that it holds."""


class Home(Protocol):
    """Where a worker comes from, which knows how it ended."""

    def exit_of(self, number: int) -> Exit:
        """How a worker ended, once it has."""

    def released(self, number: int, pidfd: int) -> None:
        """A worker was killed and nobody asks how it ends; the descriptor is `Home`'s to close."""


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
        home: Home,
        tensors: bool = True,
    ) -> None:
        """`tensors`: whether replies may hold torch's, which need it imported in this process."""
        self._number = number
        self._socket = connection
        self._output = output
        self._pidfd = pidfd
        self._limits = limits
        self._home = home
        self._tensors = tensors
        self._printed = Printed(limits.printed_kib * 1024)
        self._buffer = bytearray()
        self._closed = False
        connection.setblocking(False)
        os.set_blocking(output, False)

    def alive(self) -> bool:
        """Whether its process still runs."""
        ended = select.poll()
        ended.register(self._pidfd, select.POLLIN)
        return not ended.poll(0)

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

    def close(self) -> None:
        """Kill the worker and release what it held, without waiting. Safe to call twice."""
        if self._closed:
            return
        with interrupts.held():
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            self._drain()
            self._closed = True
            self._socket.close()
            os.close(self._output)
            self._home.released(self._number, self._pidfd)

    def _end(self, reason: str, message: str) -> NoReturn:
        """Kill the worker and raise for it, with what its exit status says of a crash.

        IsolationError when the worker ended because its zygote did.
        """
        ended = None
        try:
            if reason == "crashed":
                ended = self._exit_status()
        finally:
            self.close()
        if reason == "crashed":
            reason, message = _explain(ended)
        raise WorkerDied(reason, message)

    def _exit_status(self) -> Exit | None:
        # The socket can close a moment before the process is gone.
        poll = select.poll()
        poll.register(self._pidfd, select.POLLIN)
        if not poll.poll(1000):
            return None
        return self._home.exit_of(self._number)

    def _expect_silence(self) -> None:
        with contextlib.suppress(BlockingIOError):
            if self._buffer or self._socket.recv(1, socket.MSG_PEEK):
                raise wire.WireError("bytes that were not asked for")
            raise EOFError

    def _send(self, frame: bytes, deadline: float) -> None:
        view = memoryview(frame)
        while view:
            _in_time(deadline)
            try:
                view = view[self._socket.send(view) :]
            except BlockingIOError:
                self._wait(select.POLLOUT, deadline)

    def _receive(self, token: bytes, deadline: float) -> tuple[str, Any]:
        header = self._exactly(wire.HEADER.size, deadline)
        # The announced length is checked before a byte of it is held.
        slack = 4096
        body = self._exactly(wire.body_length(header, self._limits.reply_bytes + slack), deadline)
        reply = wire.decode(body, kits=False, tensors=self._tensors)
        if type(reply) is not list or len(reply) != 3 or reply[0] != token:
            raise wire.WireError("an answer to something that was not asked")
        if type(reply[1]) is not str:
            raise wire.WireError("an answer without a status")
        return reply[1], reply[2]

    def _exactly(self, count: int, deadline: float) -> bytearray:
        while len(self._buffer) < count:
            _in_time(deadline)
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


def _in_time(deadline: float) -> None:
    """Asked also while nothing has to be waited for: a frame may be moved byte by byte."""
    if time.monotonic() >= deadline:
        raise TimeoutError


def _explain(ended: Exit | None) -> tuple[str, str]:
    """The reason and words for a worker that ended by itself, or by its quota."""
    if ended is None:
        return "crashed", "the process closed its connection"
    if ended.over is not None:
        return "output_limit", ended.over
    status = ended.status
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number == signal.SIGXCPU:
            return "timeout", "used more processor time than a check may"
        names = {one.value: one.name for one in signal.Signals}
        return "crashed", f"the process was ended by {names.get(number, f'signal {number}')}"
    return "crashed", f"the process exited with status {os.WEXITSTATUS(status)}"
