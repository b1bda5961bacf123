"""Objects of a submission that stay in its worker, and how calls carry them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from grader.engine import blame, forms, trees
from grader.engine.calls import Call
from grader.engine.check_worker import CheckWorker
from grader.engine.show import Source
from grader.sandbox import wire


@dataclass(frozen=True, slots=True)
class Remote:
    """An object of the submission that stays in the worker."""

    _worker: CheckWorker = field(repr=False)
    _handle: wire.Handle
    _generation: int
    _label: str = field(repr=False)

    @classmethod
    def of(cls, worker: CheckWorker, handle: Any, label: str) -> "Remote":
        """What a worker has just kept; `label` is the source that made it."""
        if type(handle) is not wire.Handle:
            raise blame.broken("no handle came back")
        return cls(worker, handle, worker.generation, label)

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
        return self._use([["call", list(args), kwargs]], self._label, args, kwargs)

    def method(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Call a method; its result as plain data."""
        steps = [["attr", name], ["call", list(args), kwargs]]
        return self._use(steps, f"{self._label}.{name}", args, kwargs)

    def keep(self, name: str, *args: Any, **kwargs: Any) -> "Remote":
        """Call a method; its result stays in the worker."""
        steps = [["attr", name], ["call", list(args), kwargs]]
        label = f"{self._label}.{name}"
        handle = self._use(steps, label, args, kwargs, keep=True)
        return Remote.of(self._worker, handle, f"{label}(...)")

    def attr(self, name: str) -> Any:
        """An attribute as plain data."""
        return self._use([["attr", name]], f"{self._label}.{name}", (), {})

    def item(self, key: Any) -> "Remote":
        """An item of a list, tuple or dictionary; it stays in the worker."""
        label = f"{self._label}[{key!r}]"
        handle = self._use([["item", key]], label, (), {}, keep=True)
        return Remote.of(self._worker, handle, label)

    def value(self) -> Any:
        """The object itself as plain data."""
        return self._use([], self._label, (), {})

    def state(self) -> dict[str, Any]:
        """Parameters, gradients, buffers and flags of a torch module."""
        return self._described("state", forms.is_state)

    def parameters(self) -> dict[str, Any]:
        """Parameters of a torch module alone: after training, half of its state."""
        return self._described("parameters", forms.is_tensors)

    def shapes(self) -> dict[str, Any]:
        """Shapes of a torch module's parameters, for a check that brings the values itself."""
        return self._described("shapes", forms.are_shapes)

    def describe(self) -> dict[str, Any]:
        """What a matplotlib Axes or Figure shows."""
        return self._described("describe", forms.is_drawing)

    def wire(self) -> wire.Handle:
        """The handle, as an argument of another call."""
        if self._generation != self._worker.generation:
            raise RuntimeError("a check used an object of a worker that it has replaced")
        return self._handle

    def _use(
        self,
        steps: list[Any],
        label: str,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        keep: bool = False,
    ) -> Any:
        payload = {"handle": self.wire().number, "steps": sent(steps), "keep": keep}
        call = Call(label, shown(args), shown(kwargs), "use", payload)
        return self._worker.ask(call)["value"]

    def _described(self, operation: str, is_form: Callable[[Any], bool]) -> dict[str, Any]:
        payload = {"handle": self.wire().number}
        call = Call(f"{self._label}.{operation}", (), {}, operation, payload)
        found: dict[str, Any] = self._worker.ask(call)
        if not is_form(found):
            raise blame.broken("no description")
        return found


def sent(value: Any) -> Any:
    """An argument as it is sent: a kept object by its handle."""
    return trees.mapped(value, lambda part: part.wire() if isinstance(part, Remote) else part)


def shown(value: Any) -> Any:
    """An argument as a person reads it: a kept object by the source that made it."""
    return trees.mapped(
        value, lambda leaf: Source(leaf.label) if isinstance(leaf, Remote) else leaf
    )


def holds_remote(value: Any) -> bool:
    """Whether an argument is, or holds, a kept object."""
    return any(isinstance(node, Remote) for node in trees.nodes(value))
