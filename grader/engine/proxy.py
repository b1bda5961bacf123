"""The submission as a check sees it: calls that are answered from behind the trust boundary."""

import itertools
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from grader.engine import answers, forms
from grader.engine.failures import EndCheck, StudentError
from grader.engine.notebooks import Notebook
from grader.engine.plain_text import clean
from grader.engine.repeat import must_agree
from grader.engine.show import Source, show_call
from grader.errors import IsolationError
from grader.records import Status
from grader.sandbox import wire
from grader.sandbox.channel import Channel, WorkerDied
from grader.sandbox.limits import Limits

WORKER_SEED = 0
"""Of the worker's global generators, so that reports repeat. Nothing about the run follows from it:
a seed derived from the run's own would let a submission guess the inputs to come."""
MAX_REMEMBERED = 24
"""Calls of one check that are asked again at its end."""
MAX_KEPT_BYTES = 1 << 20
"""An answer that takes more is judged and forgotten: it is not asked for again. A check's answers
pin at most so much of the grader's memory, times the calls that it remembers."""

_DIED = {
    "crashed": Status.CRASHED,
    "timeout": Status.TIMEOUT,
    "violation": Status.VIOLATION,
    "output_limit": Status.OUTPUT_LIMIT,
    "out_of_memory": Status.OUT_OF_MEMORY,
}


TOO_LARGE = wire.Opaque("an answer that is too large to be kept")


@dataclass(slots=True)
class Call:
    """One call that a check made, and what came of it."""

    function: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    value: Any = None
    ended: str = "no answer"
    operation: str = ""
    payload: dict[str, Any] = field(default_factory=dict)

    def text(self) -> str:
        """The call as source."""
        return show_call(self.function, _labelled(self.args), _labelled(self.kwargs))


@dataclass(frozen=True, slots=True)
class FunctionOutline:
    """What a function of the submission calls and names, aliases resolved."""

    line: int
    calls: tuple[str, ...]
    names: tuple[str, ...]
    stub: bool


@dataclass(frozen=True, slots=True)
class Outline:
    """The outline of a source file, for policy checks.

    `assigned` has the names that are given values at the top level, with what those are made of;
    `code_lines` counts the lines that hold more than comments and docstrings.
    """

    imports: tuple[str, ...]
    functions: Mapping[str, FunctionOutline]
    assigned: Mapping[str, tuple[str, ...]]
    comments: int
    docstrings: int
    lines: int
    code_lines: int

    def reached(self, function: str) -> frozenset[str]:
        """All dotted names that `function` uses, also through the file's own definitions.

        A class reaches what its methods do.
        """
        owned: dict[str, list[FunctionOutline]] = {}
        for own, outline in self.functions.items():
            for key in {own, own.split(".")[0]}:
                owned.setdefault(key, []).append(outline)
        seen: set[str] = set()
        todo = [function]
        while todo:
            name = todo.pop()
            if name in seen:
                continue
            seen.add(name)
            for outline in owned.get(name, ()):
                todo += outline.calls + outline.names
            todo += self.assigned.get(name, ())
        return frozenset(seen - {function})


@dataclass(frozen=True, slots=True)
class Remote:
    """An object of the submission that stays in the worker."""

    _proxy: "SubmissionProxy" = field(repr=False)
    _handle: wire.Handle
    _generation: int
    _label: str = field(repr=False)

    @property
    def type_name(self) -> str:
        """The object's type, as the worker names it."""
        return self._handle.type_name

    @property
    def label(self) -> str:
        """The source that made the object."""
        return self._label

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the object; its result as plain data."""
        return self._use([["call", list(args), kwargs]], f"{self._label}", args, kwargs)

    def method(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Call a method; its result as plain data."""
        steps = [["attr", name], ["call", list(args), kwargs]]
        return self._use(steps, f"{self._label}.{name}", args, kwargs)

    def keep(self, name: str, *args: Any, **kwargs: Any) -> "Remote":
        """Call a method; its result stays in the worker."""
        steps = [["attr", name], ["call", list(args), kwargs]]
        label = f"{self._label}.{name}"
        handle = self._use(steps, label, args, kwargs, keep=True)
        return self._proxy._remote(handle, f"{label}(...)")

    def attr(self, name: str) -> Any:
        """An attribute as plain data."""
        return self._use([["attr", name]], f"{self._label}.{name}", (), {})

    def item(self, key: Any) -> "Remote":
        """An item of a list, tuple or dictionary; it stays in the worker."""
        label = f"{self._label}[{key!r}]"
        handle = self._use([["item", key]], label, (), {}, keep=True)
        return self._proxy._remote(handle, label)

    def value(self) -> Any:
        """The object itself as plain data."""
        return self._use([], self._label, (), {})

    def state(self) -> dict[str, Any]:
        """Parameters, gradients, buffers and flags of a torch module."""
        return self._described("state", forms.is_state)

    def describe(self) -> dict[str, Any]:
        """What a matplotlib Axes or Figure shows."""
        return self._described("describe", forms.is_drawing)

    def wire(self) -> wire.Handle:
        """The handle, as an argument of another call."""
        if self._generation != self._proxy.generation:
            raise RuntimeError("a check used an object of a worker that it has replaced")
        return self._handle

    def _use(
        self, steps: list[Any], label: str, args: Any, kwargs: dict[str, Any], keep: bool = False
    ) -> Any:
        payload = {"handle": self.wire().number, "steps": self._proxy._plain(steps), "keep": keep}
        return self._proxy._ask("use", payload, Call(label, tuple(args), dict(kwargs)))["value"]

    def _described(self, operation: str, is_form: Callable[[Any], bool]) -> dict[str, Any]:
        call = Call(f"{self._label}.{operation}", (), {})
        found: dict[str, Any] = self._proxy._ask(operation, {"handle": self.wire().number}, call)
        if not is_form(found):
            raise EndCheck(Status.VIOLATION, "broke the worker's protocol: no description")
        return found


class SubmissionProxy:
    """Calls the functions of one topic's module, in a worker that is started when first needed."""

    def __init__(
        self,
        topic: str,
        files: Mapping[str, bytes],
        artifacts: Mapping[str, bytes],
        start: Callable[[], Channel],
        limits: Limits,
        stop_at: float,
        notebook: Notebook | None = None,
    ) -> None:
        self._topic = topic
        self._files = files
        self._artifacts = artifacts
        self._start_channel = start
        self._limits = limits
        self._stop_at = stop_at
        self._notebook = notebook
        self._file = notebook.name if notebook else f"{topic}.py"
        self._deadline: float | None = None
        self._channel: Channel | None = None
        self._sent: set[str] = set()
        self._printed = ""
        self.generation = 0
        self.calls: list[Call] = []
        self.remembered: list[Call] = []
        self._numbers = itertools.count()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *args, **kwargs: self.call(name, *args, **kwargs)

    def call(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Call a function of the submission; its result as plain data."""
        return self._call(name, args, kwargs)["value"]

    def keep(self, name: str, *args: Any, **kwargs: Any) -> Remote:
        """Call a function or class; the result stays in the worker."""
        handle = self._call(name, args, kwargs, keep=True)["value"]
        return self._remote(handle, f"{name}(...)")

    def observe(self, name: str, *args: Any, **kwargs: Any) -> tuple[Any, list[Any]]:
        """Call a function; its result, and its positional arguments as they are afterwards."""
        reply = self._call(name, args, kwargs, observe=True)
        after = reply.get("args")
        if type(after) is not list or len(after) != len(args):
            raise EndCheck(Status.VIOLATION, "broke the worker's protocol: no arguments came back")
        return reply["value"], after

    def build(self, kit: wire.Kit) -> Remote:
        """Build a kit in the worker and keep it there."""
        call = Call("build", (kit,), {})
        return self._remote(self._ask("build", {"kit": self._plain(kit)}, call)["value"], kit.name)

    def fresh(self) -> None:
        """Replace the worker by a new one; the module is loaded again when it is needed."""
        self._stop()

    def disturb(self, seed: int) -> None:
        """Reseed the worker's global generators."""
        self._ask("disturb", {"seed": seed}, Call("disturb", (seed,), {}))

    def weights(self, file: str) -> dict[str, Any]:
        """The tensors of a trained file, read in the worker; StudentError says what is wrong."""
        self._send_artifact(file)
        found: dict[str, Any] = self._ask("weights", {"file": file}, Call("weights", (file,), {}))
        if not forms.is_tensors(found):
            raise EndCheck(Status.VIOLATION, "broke the worker's protocol: no weights came back")
        return found

    def load_weights(self, model: Remote, file: str) -> None:
        """Load a trained file into a model that is kept in the worker."""
        self._send_artifact(file)
        payload = {"handle": model.wire().number, "file": file}
        self._ask("load_weights", payload, Call("load_state_dict", (file,), {}))

    @property
    def file(self) -> str:
        """The name of the topic's file as it was handed in: a module, or a notebook."""
        return self._file

    @property
    def module(self) -> str:
        """The name of the topic's source file; that of a notebook is made of its code cells."""
        return f"{self._topic}.py"

    @property
    def is_notebook(self) -> bool:
        """Whether the topic was handed in as a notebook."""
        return self._notebook is not None

    def place(self, line: int) -> str:
        """A line of the source as who wrote it knows it: "line 7", or "code cell 3, line 2"."""
        if self._notebook is None:
            return f"line {line}"
        return self._notebook.located(f"{self.module}:{line}").removeprefix(f"{self.file} ")

    def sources(self) -> frozenset[str]:
        """The names of all source files of the submission, as relative POSIX paths."""
        return frozenset(name for name in self._files if name.endswith(".py"))

    def outline(self, file: str | None = None) -> Outline:
        """The outline of a source, parsed in a worker that never loads the submission.

        The topic's own file where none is named.
        """
        source = self._files[file or self.module]
        channel = self._open()
        try:
            timeout = self._time_left(self._limits.import_s)
            status, found = _request(channel, "outline", {"source": source}, timeout)
        except WorkerDied as error:
            raise EndCheck(Status.REFUSED, f"the source cannot be parsed ({error})") from None
        finally:
            channel.close()
        if status != "ok":
            why = answers.raised(found)
            raise EndCheck(Status.REFUSED, f"the source cannot be parsed: {why}")
        if not forms.is_outline(found):
            raise EndCheck(Status.VIOLATION, "broke the worker's protocol: no outline")
        functions = {
            name: FunctionOutline(
                part["line"], tuple(part["calls"]), tuple(part["names"]), part["stub"]
            )
            for name, part in found["functions"].items()
        }
        return Outline(
            imports=tuple(found["imports"]),
            functions=functions,
            assigned={name: tuple(names) for name, names in found["assigned"].items()},
            comments=found["comments"],
            docstrings=found["docstrings"],
            lines=found["lines"],
            code_lines=found["code_lines"],
        )

    def source(self) -> str:
        """The topic's source as text, for tools that read it; never run in this process."""
        return self._files[self.module].decode("utf-8", "replace")

    def begin_example(self) -> None:
        """Forget the calls of the example before."""
        self.calls = []

    def ask_again(self) -> None:
        """Ask a sample of the calls again, in a fresh worker and in reverse order.

        A function of its arguments alone answers the same. Raises Mismatch where one does not.
        """
        # As it is now: what is asked again is remembered in its turn.
        remembered = tuple(reversed(self.remembered))
        if not remembered:
            return
        self._stop()
        for before in remembered:
            self.begin_example()
            reply = self._call(before.function, before.args, before.kwargs)
            must_agree(before.function, before.value, reply["value"])

    def printed(self) -> str:
        """Everything that was printed in this check, cut to the limit."""
        text = self._printed + (self._channel.printed() if self._channel else "")
        return clean(text, self._limits.printed_kib * 1024)

    def close(self) -> None:
        """End the worker."""
        self._stop()

    def _call(
        self,
        name: str,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        keep: bool = False,
        observe: bool = False,
    ) -> dict[str, Any]:
        call = Call(name, args, kwargs)
        payload = {
            "function": name,
            "args": [self._plain(argument) for argument in args],
            "kwargs": {key: self._plain(argument) for key, argument in kwargs.items()},
            "keep": keep,
            "observe": observe,
        }
        reply: dict[str, Any] = self._ask("call", payload, call)
        if (
            call.value is not TOO_LARGE
            and not keep and not observe
            and not _holds_remote(args) and not _holds_remote(kwargs)
        ):  # fmt: skip
            self._remember(call)
        return reply

    def _remember(self, call: Call) -> None:
        """Keep a check's first calls, then every seventh in the place of an earlier one.

        They come from all of the check, and no generator decides: reports repeat.
        """
        number = next(self._numbers)
        if len(self.remembered) < MAX_REMEMBERED:
            self.remembered.append(call)
        elif number % 7 == 0:
            self.remembered[(number // 7) % MAX_REMEMBERED] = call

    def _ask(self, operation: str, payload: dict[str, Any], call: Call) -> Any:
        """One request about the loaded module; everything but a good answer raises."""
        call.operation, call.payload = operation, payload
        self.calls.append(call)
        channel = self._running()
        timeout = self._time_left(self._limits.call_s)
        try:
            status, data = _request(channel, operation, payload, timeout)
        except WorkerDied as error:
            self._stop()
            call.ended = str(error)
            raise EndCheck(_DIED[error.reason], f"{call.function}: {error}") from None
        if status == "ok" and operation in ("call", "use", "build"):
            if type(data) is not dict or "value" not in data:
                raise EndCheck(Status.VIOLATION, "broke the worker's protocol: no value came back")
            call.ended = "answered"
            light = forms.weight(data["value"], MAX_KEPT_BYTES) <= MAX_KEPT_BYTES
            call.value = data["value"] if light else TOO_LARGE
            return data
        if status == "ok":
            return data
        return self._fail(status, data, call)

    def _fail(self, status: str, data: Any, call: Call) -> NoReturn:
        if status == "missing":
            near = answers.text(data, "near", 80)
            hint = f"; the nearest name there is {near}" if near else ""
            text = f"{self._file} has no {call.function}{hint}"
            raise EndCheck(Status.NOT_IMPLEMENTED, text)
        message = answers.text(data, "message", self._limits.message_kib * 1024)
        if status in ("out_of_memory", "output_limit"):
            self._stop()
            raise EndCheck(Status(status), f"{call.function}: {message}")
        if status not in ("raised", "unbuilt"):
            raise EndCheck(Status.VIOLATION, "broke the worker's protocol: an unknown answer")
        if status == "unbuilt" or call.operation in ("build", "disturb"):
            self._blame(call)
        builtin, name = answers.text(data, "builtin", 80), answers.text(data, "name", 80)
        call.ended = f"raised {name}: {message}"
        if builtin == "NotImplementedError":
            task = f" ({message})" if message else ""
            raise EndCheck(Status.NOT_IMPLEMENTED, f"{call.function} is not implemented{task}")
        frames = self._located(answers.text(data, "traceback", self._limits.message_kib * 1024))
        raise StudentError(call.function, builtin, name, message, frames)

    def _located(self, frames: str) -> str:
        return self._notebook.located(frames) if self._notebook else frames

    def _blame(self, call: Call) -> None:
        """Raise for the grader's own error where its part fails in a worker without a submission.

        That a kit could not be built is the submission's word: its own code may have broken what
        the kit is made of.
        """
        requests = [("build", {"kit": kit}) for kit in answers.own_kits(call.payload)]
        if call.operation == "disturb":
            requests = [("disturb", call.payload)]
        channel = self._open()
        try:
            for operation, payload in requests:
                timeout = self._time_left(self._limits.call_s)
                status, data = _request(channel, operation, payload, timeout)
                if status != "ok":
                    why = answers.raised(data, 1024)
                    text = f"the grader's own part of {call.function} failed: {why}"
                    raise EndCheck(Status.GRADER_ERROR, text)
        except WorkerDied as error:
            # A submission may have left too little time for it.
            if error.reason != "timeout":
                text = f"the grader's own part of {call.function} failed: {error}"
                raise EndCheck(Status.GRADER_ERROR, text) from None
        finally:
            channel.close()

    def _running(self) -> Channel:
        if self._channel is None:
            self._channel = self._open()
            self.generation += 1
            self._sent = set()
            self._load(self._channel)
        return self._channel

    def _open(self) -> Channel:
        try:
            return self._start_channel()
        except IsolationError as error:
            raise EndCheck(Status.GRADER_ERROR, str(error)) from None

    def _load(self, channel: Channel) -> None:
        try:
            self._setup(channel, "files", {"files": dict(self._files)})
            status, data = _request(
                channel,
                "load",
                {"module": self._topic, "seed": WORKER_SEED},
                self._time_left(self._limits.import_s),
            )
        except WorkerDied as error:
            self._stop()
            text = f"{self._file}, while it was loaded: {error}"
            raise EndCheck(_DIED[error.reason], text) from None
        if status == "ok":
            return
        self._stop()
        if status == "out_of_memory":
            raise EndCheck(Status.OUT_OF_MEMORY, f"{self._file}, while it was loaded")
        if status != "import_error":
            raise EndCheck(Status.VIOLATION, "broke the worker's protocol: an unknown answer")
        frames = answers.text(data, "traceback")
        cell = self._notebook.cell(frames) if self._notebook else ""
        why = f"{cell}{answers.raised(data)}\n{self._located(frames)}"
        raise EndCheck(Status.IMPORT_ERROR, f"{self._file} does not load: {why.strip()}")

    def _setup(self, channel: Channel, operation: str, payload: dict[str, Any]) -> None:
        timeout = self._time_left(self._limits.import_s)
        status, data = _request(channel, operation, payload, timeout)
        if status != "ok":
            why = answers.text(data, "message")
            raise EndCheck(Status.REFUSED, f"the files cannot be laid out: {why}")

    def _send_artifact(self, file: str) -> None:
        if file not in self._artifacts:
            raise EndCheck(Status.NOT_IMPLEMENTED, f"{file} is not in the submission")
        channel = self._running()
        if file in self._sent:
            return
        try:
            self._setup(channel, "files", {"files": {file: self._artifacts[file]}})
        except WorkerDied as error:
            self._stop()
            raise EndCheck(_DIED[error.reason], f"while {file} was sent: {error}") from None
        self._sent.add(file)

    def _time_left(self, limit: float) -> float:
        now = time.monotonic()
        if self._deadline is None:
            self._deadline = min(now + self._limits.check_s, self._stop_at)
        left = self._deadline - now
        if left <= 0:
            limit_s = self._limits.check_s
            text = f"the check used up its {limit_s:g} s"
            if now >= self._stop_at:
                text = "the time for the whole submission is used up"
            raise EndCheck(Status.TIMEOUT, text)
        return min(limit, left)

    def _remote(self, handle: Any, label: str) -> Remote:
        if type(handle) is not wire.Handle:
            raise EndCheck(Status.VIOLATION, "broke the worker's protocol: no handle came back")
        return Remote(self, handle, self.generation, label)

    def _plain(self, value: Any) -> Any:
        if isinstance(value, Remote):
            return value.wire()
        if isinstance(value, wire.Kit):
            return wire.Kit(value.name, self._plain(value.data))
        if type(value) in (list, tuple):
            return type(value)(self._plain(item) for item in value)
        if type(value) is dict:
            return {key: self._plain(item) for key, item in value.items()}
        return value

    def _stop(self) -> None:
        if self._channel is not None:
            self._channel.close()
            self._printed += self._channel.printed()
            self._channel = None


def _labelled(value: Any) -> Any:
    """The value with kept objects as the source that made them."""
    if isinstance(value, Remote):
        return Source(value.label)
    if isinstance(value, wire.Kit):
        return wire.Kit(value.name, _labelled(value.data))
    if type(value) in (list, tuple):
        return type(value)(_labelled(item) for item in value)
    if type(value) is dict:
        return {key: _labelled(item) for key, item in value.items()}
    return value


def _request(
    channel: Channel, operation: str, payload: dict[str, Any], timeout: float
) -> tuple[str, Any]:
    """Ask a worker; a sandbox that broke meanwhile is the grader's own error and ends the check."""
    try:
        return channel.request(operation, payload, timeout)
    except IsolationError as error:
        raise EndCheck(Status.GRADER_ERROR, str(error)) from None


def _holds_remote(value: Any) -> bool:
    if isinstance(value, Remote):
        return True
    if isinstance(value, wire.Kit):
        return _holds_remote(value.data)
    if isinstance(value, list | tuple):
        return any(_holds_remote(item) for item in value)
    if isinstance(value, dict):
        return any(_holds_remote(item) for item in value.values())
    return False
