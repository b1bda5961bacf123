"""The submission as a check sees it: its functions, called behind the trust boundary."""

from collections.abc import Callable, Mapping
from typing import Any

from grader.engine import blame, forms
from grader.engine.calls import TOO_LARGE, Call, Memory
from grader.engine.check_worker import CheckWorker
from grader.engine.failures import EndCheck
from grader.engine.outline import Outline
from grader.engine.plain_text import clean
from grader.engine.remote import Remote, holds_remote, sent, shown
from grader.engine.repeat import must_agree
from grader.engine.written import Module, Notebook
from grader.records import Status
from grader.sandbox import wire
from grader.sandbox.channel import Channel, WorkerDied
from grader.sandbox.limits import Limits


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
        self._files = files
        self._limits = limits
        self._written = notebook or Module(topic)
        self._worker = CheckWorker(self._written, files, artifacts, start, limits, stop_at)
        self._memory = Memory()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *args, **kwargs: self.call(name, *args, **kwargs)

    def call(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Call a function of the submission; its result as plain data."""
        call = _function_call(name, args, kwargs)
        value = self._worker.ask(call)["value"]
        if call.value is not TOO_LARGE and not holds_remote(args) and not holds_remote(kwargs):
            self._memory.add(call)
        return value

    def keep(self, name: str, *args: Any, **kwargs: Any) -> Remote:
        """Call a function or class; the result stays in the worker."""
        handle = self._worker.ask(_function_call(name, args, kwargs, keep=True))["value"]
        return Remote.of(self._worker, handle, f"{name}(...)")

    def observe(self, name: str, *args: Any, **kwargs: Any) -> tuple[Any, list[Any]]:
        """Call a function; its result, and its positional arguments as they are afterwards."""
        reply = self._worker.ask(_function_call(name, args, kwargs, observe=True))
        after = reply.get("args")
        if type(after) is not list or len(after) != len(args):
            raise blame.broken("no arguments came back")
        return reply["value"], after

    def build(self, kit: wire.Kit) -> Remote:
        """Build a kit in the worker and keep it there."""
        call = Call("build", (shown(kit),), {}, "build", {"kit": sent(kit)})
        return Remote.of(self._worker, self._worker.ask(call)["value"], kit.name)

    def fresh(self) -> None:
        """Replace the worker by a new one; the module is loaded again when it is needed."""
        self._worker.stop()

    def disturb(self, seed: int) -> None:
        """Reseed the worker's global generators."""
        self._worker.ask(Call("disturb", (seed,), {}, "disturb", {"seed": seed}))

    def weights(self, file: str) -> dict[str, Any]:
        """The tensors of a trained file, read in the worker; StudentError says what is wrong."""
        self._worker.send_artifact(file)
        call = Call("weights", (file,), {}, "weights", {"file": file})
        found: dict[str, Any] = self._worker.ask(call)
        if not forms.is_tensors(found):
            raise blame.broken("no weights came back")
        return found

    def load_weights(self, model: Remote, file: str) -> None:
        """Load a trained file into a model that is kept in the worker."""
        self._worker.send_artifact(file)
        payload = {"handle": model.wire().number, "file": file}
        self._worker.ask(Call("load_state_dict", (file,), {}, "load_weights", payload))

    @property
    def file(self) -> str:
        """The name of the topic's file as it was handed in: a module, or a notebook."""
        return self._written.name

    @property
    def module(self) -> str:
        """The name of the topic's source file; that of a notebook is made of its code cells."""
        return f"{self._written.module}.py"

    @property
    def is_notebook(self) -> bool:
        """Whether the topic was handed in as a notebook."""
        return isinstance(self._written, Notebook)

    def place(self, line: int) -> str:
        """A line of the source as who wrote it knows it: "line 7", or "code cell 3, line 2"."""
        return self._written.place(line)

    def sources(self) -> frozenset[str]:
        """The names of all source files of the submission, as relative POSIX paths."""
        return frozenset(name for name in self._files if name.endswith(".py"))

    def outline(self, file: str | None = None) -> Outline:
        """The outline of a source, parsed in a worker that never loads the submission.

        The topic's own file where none is named.
        """
        source = self._files[file or self.module]
        try:
            with self._worker.aside() as ask:
                status, found = ask("outline", {"source": source}, self._limits.import_s)
        except WorkerDied as error:
            raise EndCheck(Status.REFUSED, f"the source cannot be parsed ({error})") from None
        if status != "ok":
            why = blame.raised(found)
            raise EndCheck(Status.REFUSED, f"the source cannot be parsed: {why}")
        if not forms.is_outline(found):
            raise blame.broken("no outline")
        return Outline.from_wire(found)

    def source(self) -> str:
        """The topic's source as text, for tools that read it; never run in this process."""
        return self._files[self.module].decode("utf-8", "replace")

    @property
    def calls(self) -> list[Call]:
        """The calls of the example that runs now."""
        return self._worker.calls

    def begin_example(self) -> None:
        """Forget the calls of the example before."""
        self._worker.calls = []

    def ask_again(self) -> None:
        """Ask a sample of the calls again, in a fresh worker and in reverse order.

        A function of its arguments alone answers the same. Raises Mismatch where one does not.
        """
        if self._memory.calls:
            self._worker.stop()
        for before in reversed(self._memory.calls):
            self.begin_example()
            again = Call(before.function, before.args, before.kwargs, "call", before.payload)
            must_agree(before.function, before.value, self._worker.ask(again)["value"])

    def printed(self) -> str:
        """Everything that was printed in this check, cut to the limit."""
        return clean(self._worker.printed(), self._limits.printed_kib * 1024)

    def close(self) -> None:
        """End the worker."""
        self._worker.stop()


def _function_call(
    name: str,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    keep: bool = False,
    observe: bool = False,
) -> Call:
    payload = {
        "function": name,
        "args": sent(list(args)),
        "kwargs": sent(kwargs),
        "keep": keep,
        "observe": observe,
    }
    return Call(name, shown(args), shown(kwargs), "call", payload)
