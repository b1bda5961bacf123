"""The worker of one check: started when first needed, and asked within the check's time."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn

from grader.engine import blame
from grader.engine.calls import Call
from grader.engine.failures import EndCheck
from grader.engine.written import Module, Notebook
from grader.errors import IsolationError
from grader.records import Status
from grader.sandbox.channel import Channel, WorkerDied
from grader.sandbox.limits import Limits

WORKER_SEED = 0
"""Of the worker's global generators, so that reports repeat. Nothing about the run follows from it:
a seed derived from the run's own would let a submission guess the inputs to come."""

_GIVE_A_VALUE = ("call", "use", "build")
Ask = Callable[[str, dict[str, Any], float], tuple[str, Any]]
"""An operation, its payload and its own limit in seconds: the status and data of the answer."""


class CheckWorker:
    """One check's worker. Whatever is no good answer ends the check, or is the student's error."""

    def __init__(
        self,
        written: Module | Notebook,
        files: Mapping[str, bytes],
        artifacts: Mapping[str, bytes],
        start: Callable[[], Channel],
        limits: Limits,
        stop_at: float,
    ) -> None:
        self.generation = 0
        """Counts the workers: an object of one is none of the next."""
        self.calls: list[Call] = []
        """Those of the example that runs now."""
        self._written = written
        self._files = files
        self._artifacts = artifacts
        self._start = start
        self._limits = limits
        self._stop_at = stop_at
        self._deadline: float | None = None
        self._channel: Channel | None = None
        self._sent: set[str] = set()
        self._printed = ""

    def ask(self, call: Call) -> Any:
        """What the loaded module answers to a call."""
        self.calls.append(call)
        channel = self._running()
        try:
            status, data = self._request(channel, call.operation, call.payload, self._limits.call_s)
        except WorkerDied as error:
            self.stop()
            raise blame.died(error, call.function) from None
        if status != "ok":
            self._fail(status, data, call)
        if call.operation in _GIVE_A_VALUE:
            if type(data) is not dict or "value" not in data:
                raise blame.broken("no value came back")
            call.take(data["value"])
        return data

    def send_artifact(self, file: str) -> None:
        """Give the worker a trained model, once."""
        if file not in self._artifacts:
            raise EndCheck(Status.NOT_IMPLEMENTED, f"{file} is not in the submission")
        channel = self._running()
        if file in self._sent:
            return
        try:
            self._lay_out(channel, {file: self._artifacts[file]})
        except WorkerDied as error:
            self.stop()
            raise blame.died(error, f"while {file} was sent") from None
        self._sent.add(file)

    @contextmanager
    def aside(self) -> Iterator[Ask]:
        """Another worker, which never loads the submission."""
        channel = self._open()
        try:
            yield lambda operation, payload, limit: self._request(
                channel, operation, payload, limit
            )
        finally:
            channel.close()

    def printed(self) -> str:
        """Everything that was printed by all workers so far."""
        return self._printed + (self._channel.printed() if self._channel else "")

    def stop(self) -> None:
        """End the worker; the next call starts another, which loads the module again."""
        if self._channel is not None:
            self._channel.close()
            self._printed += self._channel.printed()
            self._channel = None

    def _running(self) -> Channel:
        if self._channel is None:
            self._channel = self._open()
            self.generation += 1
            self._sent = set()
            self._load(self._channel)
        return self._channel

    def _open(self) -> Channel:
        try:
            return self._start()
        except IsolationError as error:
            raise EndCheck(Status.GRADER_ERROR, str(error)) from None

    def _load(self, channel: Channel) -> None:
        try:
            self._lay_out(channel, self._files)
            payload = {"module": self._written.module, "seed": WORKER_SEED}
            status, data = self._request(channel, "load", payload, self._limits.import_s)
        except WorkerDied as error:
            self.stop()
            raise blame.died(error, f"{self._written.name}, while it was loaded") from None
        if status != "ok":
            self.stop()
            raise blame.not_loaded(status, data, self._written)

    def _lay_out(self, channel: Channel, files: Mapping[str, bytes]) -> None:
        payload = {"files": dict(files)}
        status, data = self._request(channel, "files", payload, self._limits.import_s)
        if status != "ok":
            why = blame.text(data, "message")
            raise EndCheck(Status.REFUSED, f"the files cannot be laid out: {why}")

    def _fail(self, status: str, data: Any, call: Call) -> NoReturn:
        found = blame.judged(status, data, call, self._written, self._limits.message_kib * 1024)
        if status in blame.USED_UP:
            self.stop()
        requests = blame.own_part(status, call)
        if requests:
            self._try_own_part(call, requests)
        raise found

    def _try_own_part(self, call: Call, requests: list[tuple[str, dict[str, Any]]]) -> None:
        """Raise for the grader's own error where its part fails without a submission too."""
        try:
            with self.aside() as ask:
                for operation, payload in requests:
                    status, data = ask(operation, payload, self._limits.call_s)
                    if status != "ok":
                        raise blame.ours(call, blame.raised(data, 1024))
        except WorkerDied as error:
            # A submission may have left too little time for it.
            if error.reason != "timeout":
                raise blame.ours(call, str(error)) from None

    def _request(
        self, channel: Channel, operation: str, payload: dict[str, Any], limit: float
    ) -> tuple[str, Any]:
        """Ask a worker; a sandbox that broke meanwhile is the grader's own error."""
        try:
            return channel.request(operation, payload, self._time_left(limit))
        except IsolationError as error:
            raise EndCheck(Status.GRADER_ERROR, str(error)) from None

    def _time_left(self, limit: float) -> float:
        now = time.monotonic()
        if self._deadline is None:
            self._deadline = min(now + self._limits.check_s, self._stop_at)
        left = self._deadline - now
        if left <= 0:
            text = f"the check used up its {self._limits.check_s:g} s"
            if now >= self._stop_at:
                text = "the time for the whole submission is used up"
            raise EndCheck(Status.TIMEOUT, text)
        return min(limit, left)
