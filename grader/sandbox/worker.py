"""The worker: answers the grader's requests about one submission, from inside the sandbox.

`Server` turns a request into a reply; `serve` is its loop over a socket. Replies are the
submission's word: the process belongs to whoever wrote it, so nothing here decides anything.
"""

import builtins
import contextlib
import difflib
import importlib
import importlib.util
import os
import random
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from types import ModuleType
from typing import Any

from grader.sandbox import builders, describe, notebook, outline, wire
from grader.sandbox.limits import Limits

Reply = tuple[str, Any]


class Unbuilt(Exception):  # noqa: N818 - who is to blame is found out elsewhere
    """A kit could not be built, for the reason that it is raised from."""


class Server:
    """The state of one worker: a folder, the module loaded from it, and the objects kept."""

    def __init__(
        self, folder: Path, limits: Limits, probe: Callable[[], Any] | None = None
    ) -> None:
        self._folder = folder
        self._limits = limits
        self._probe = probe
        self._module: ModuleType | None = None
        self._kept: dict[int, Any] = {}
        self._run: Callable[..., Any] = _plain_call
        self._operations: dict[str, Callable[..., Reply]] = {
            "probe": self._op_probe,
            "files": self._op_files,
            "outline": self._op_outline,
            "notebook": self._op_notebook,
            "load": self._op_load,
            "call": self._op_call,
            "use": self._op_use,
            "build": self._op_build,
            "state": self._op_state,
            "parameters": self._op_parameters,
            "shapes": self._op_shapes,
            "describe": self._op_describe,
            "disturb": self._op_disturb,
            "weights": self._op_weights,
            "load_weights": self._op_load_weights,
        }

    def answer(self, operation: str, payload: dict[str, Any]) -> Reply:
        """A status and its data. Never raises for what a submission does, short of dying."""
        try:
            return self.perform(operation, payload)
        except Unbuilt as error:
            status, data = self._raised(error.__cause__ or error)
            return "unbuilt" if status == "raised" else status, data
        except BaseException as error:
            return self._raised(error)

    def perform(self, operation: str, payload: dict[str, Any]) -> Reply:
        """The same, but what a submission raises comes through: for a replay in a debugger."""
        return self._operations[operation](**payload)

    @contextlib.contextmanager
    def debugging(self, run: Callable[..., Any] | None) -> Iterator[None]:
        """Make calls through `run(function, *args, **kwargs)`, for example a debugger's."""
        self._run = run or _plain_call
        try:
            yield
        finally:
            self._run = _plain_call

    def _raised(self, error: BaseException) -> Reply:
        limit = self._limits.message_kib * 1024
        if isinstance(error, MemoryError):
            return "out_of_memory", {"message": "MemoryError"}
        # torch has no class of its own for an allocation that failed.
        if isinstance(error, RuntimeError) and "can't allocate memory" in str(error):
            return "out_of_memory", {"message": str(error)[:limit]}
        try:
            text = str(error)
        except BaseException:
            text = "(its message cannot be shown)"
        return "raised", {
            "builtin": _nearest_builtin(type(error)),
            "name": type(error).__name__[: wire.MAX_NAME],
            "message": text[:limit],
            "traceback": self._own_frames(error)[:limit],
        }

    def _own_frames(self, error: BaseException) -> str:
        """The traceback less the grader's frames, with paths as the student knows them."""
        root = str(self._folder) + os.sep
        lines = []
        for frame in traceback.extract_tb(error.__traceback__):
            if frame.filename.startswith(root):
                name = frame.filename.removeprefix(root)
                lines.append(f"{name}:{frame.lineno} in {frame.name}: {frame.line or ''}".rstrip())
        if isinstance(error, SyntaxError) and error.filename:
            name = str(error.filename).removeprefix(root)
            lines.append(f"{name}:{error.lineno}: {(error.text or '').strip()}")
        return "\n".join(lines)

    def _op_probe(self) -> Reply:
        return "ok", self._probe() if self._probe else {}

    def _op_files(self, files: dict[str, bytes]) -> Reply:
        for name, data in files.items():
            relative = PurePosixPath(name)
            if relative.is_absolute() or ".." in relative.parts:
                raise ValueError(f"a file name that leads out of the folder: {name}")
            path = self._folder / relative
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return "ok", None

    def _op_outline(self, source: bytes) -> Reply:
        return "ok", outline.outline(source)

    def _op_notebook(self, data: bytes) -> Reply:
        return "ok", notebook.to_module(data)

    def _op_load(self, module: str, seed: int) -> Reply:
        sys.argv = [module]
        sys.path.insert(0, str(self._folder))
        sys.dont_write_bytecode = True
        # What `site` adds for people at a prompt, and what some files end with.
        vars(builtins).setdefault("exit", sys.exit)
        vars(builtins).setdefault("quit", sys.exit)
        reseed(seed)
        try:
            # By file, not by name: a module of the same name elsewhere must not win.
            spec = importlib.util.spec_from_file_location(module, self._folder / f"{module}.py")
            assert spec is not None
            assert spec.loader is not None
            loaded = importlib.util.module_from_spec(spec)
            sys.modules[module] = loaded
            spec.loader.exec_module(loaded)
            self._module = loaded
        except MemoryError:
            raise
        except BaseException as error:
            return "import_error", self._raised(error)[1]
        return "ok", None

    def _find(self, name: str) -> Any:
        found: Any = self._module
        for part in name.split("."):
            found = getattr(found, part)
        return found

    def _op_call(
        self,
        function: str,
        args: list[Any],
        kwargs: dict[str, Any],
        keep: bool,
        observe: bool,
    ) -> Reply:
        try:
            target = self._find(function)
        except AttributeError:
            public = [name for name in vars(self._module) if not name.startswith("_")]
            near = difflib.get_close_matches(function, public, n=1, cutoff=0.6)
            return "missing", {"near": near[0] if near else None}
        given = [self._revive(argument) for argument in args]
        named = {key: self._revive(argument) for key, argument in kwargs.items()}
        result = self._run(target, *given, **named)
        reply: dict[str, Any] = {"value": self._keep(result) if keep else result}
        if observe:
            reply["args"] = given
        return "ok", reply

    def _op_use(self, handle: int, steps: list[Any], keep: bool) -> Reply:
        """Follow steps: ["attr", name], ["item", key] or ["call", args, kwargs]."""
        found = self._kept[handle]
        for step in steps:
            if step[0] == "attr":
                found = getattr(found, step[1])
            elif step[0] == "item":
                found = found[step[1]]
            else:
                args = [self._revive(argument) for argument in step[1]]
                kwargs = {key: self._revive(argument) for key, argument in step[2].items()}
                found = self._run(found, *args, **kwargs)
        return "ok", {"value": self._keep(found) if keep else found}

    def _op_build(self, kit: wire.Kit) -> Reply:
        return "ok", {"value": self._keep(self._revive(kit))}

    def _op_state(self, handle: int) -> Reply:
        return "ok", describe.module_state(self._kept[handle])

    def _op_parameters(self, handle: int) -> Reply:
        return "ok", describe.module_parameters(self._kept[handle])

    def _op_shapes(self, handle: int) -> Reply:
        return "ok", describe.module_shapes(self._kept[handle])

    def _op_describe(self, handle: int) -> Reply:
        return "ok", describe.describe(self._kept[handle])

    def _op_disturb(self, seed: int) -> Reply:
        reseed(seed)
        return "ok", None

    def _op_weights(self, file: str) -> Reply:
        return "ok", builders.read_weights(self._folder / file)

    def _op_load_weights(self, handle: int, file: str) -> Reply:
        self._kept[handle].load_state_dict(builders.read_weights(self._folder / file))
        return "ok", None

    def _keep(self, value: Any) -> wire.Handle:
        number = len(self._kept) + 1
        self._kept[number] = value
        kind = type(value)
        return wire.Handle(number, f"{kind.__module__}.{kind.__qualname__}"[: wire.MAX_NAME])

    def _revive(self, value: Any) -> Any:
        """Replace handles and kits inside an argument by the objects that they stand for."""
        if type(value) is wire.Handle:
            return self._kept[value.number]
        if type(value) is wire.Kit:
            if value.name == "student":
                return self._find(value.data)
            data = self._revive(value.data)
            try:
                return builders.build(value.name, data)
            except Exception as error:
                raise Unbuilt(f"the kit {value.name}") from error
        if type(value) in (list, tuple):
            return type(value)(self._revive(item) for item in value)
        if type(value) is dict:
            return {key: self._revive(item) for key, item in value.items()}
        return value


def _plain_call(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    return function(*args, **kwargs)


def _nearest_builtin(kind: type[BaseException]) -> str:
    """The nearest built-in ancestor, by the real class hierarchy, not by a name."""
    for ancestor in kind.__mro__:
        if getattr(builtins, ancestor.__name__, None) is ancestor:
            return str(ancestor.__name__)
    return "BaseException"


def reseed(seed: int) -> None:
    """Seed the global generators of the libraries that are loaded."""
    random.seed(seed)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(seed % (1 << 32))
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(seed)


def encode_reply(request: bytes, reply: Reply, limits: Limits) -> bytes:
    """A reply as a frame; an answer that is too large or undescribable says so instead."""
    try:
        return wire.encode([request, *reply], limits.reply_bytes)
    except wire.TooLarge as error:
        return wire.encode([request, "output_limit", {"message": str(error)}], limits.reply_bytes)


def serve(connection: int, server: Server, limits: Limits) -> None:
    """Answer requests from a stream socket until the grader closes it."""
    while True:
        header = _read(connection, wire.HEADER.size)
        if header is None:
            return
        body = _read(connection, wire.body_length(header, 1 << 40))
        if body is None:
            return
        request, operation, payload = wire.decode(body)
        reply = server.answer(operation, payload)
        frame = memoryview(encode_reply(request, reply, limits))
        # Before the reply, so that what a call printed is there when its answer is.
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(BaseException):
                stream.flush()
        while frame:
            frame = frame[os.write(connection, frame) :]


def _read(connection: int, count: int) -> bytearray | None:
    data = bytearray(count)
    view, at = memoryview(data), 0
    while at < count:
        got = os.readv(connection, [view[at:]])
        if got == 0:
            return None
        at += got
    return data
