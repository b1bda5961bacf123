"""Values as text for people: short, rounded only where it says so, and safe to print anywhere."""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.engine.plain_text import clean
from grader.sandbox import wire

MAX_ELEMENTS = 64
"""Arrays with more elements are shown by their shape and first elements."""
MAX_TEXT = 4000


@dataclass(frozen=True, slots=True)
class Source:
    """Text that already is source: shown as it is."""

    text: str


class _Room:
    """Characters that may still be shown: a nest of a worker's arrays would take minutes."""

    def __init__(self) -> None:
        self.left = MAX_TEXT

    def took(self, text: str) -> str:
        self.left -= len(text)
        return text


def show(value: Any) -> str:
    """A value as a student would type it, cut to a readable length."""
    return _cut(_show(value, _Room()))


def show_call(function: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
    """A call as source: `predict(array([[1.0]]), array([0.0, 1.0]))`."""
    room = _Room()
    parts = [_show(argument, room) for argument in args]
    parts += [f"{name}={_show(argument, room)}" for name, argument in kwargs.items()]
    line = f"{function}({', '.join(parts)})"
    if len(line) > 100 or "\n" in line:
        indented = ["    " + part.replace("\n", "\n    ") for part in parts]
        line = f"{function}(\n" + ",\n".join(indented) + ",\n)"
    return _cut(line)


def _cut(text: str) -> str:
    return text if len(text) <= MAX_TEXT else text[:MAX_TEXT] + " ..."


def _show(value: Any, room: _Room) -> str:
    """The text of a value; once there is no room, of what is inside it nothing."""
    if room.left <= 0:
        return "..."
    if isinstance(value, list | tuple | dict):
        room.took("[]")
    if isinstance(value, list | tuple):
        return _sequence(value, room)
    if isinstance(value, dict):
        first = itertools.islice(value.items(), MAX_ELEMENTS)
        inner = ", ".join(f"{_show(k, room)}: {_show(v, room)}" for k, v in first)
        return "{" + inner + (", ..." if len(value) > MAX_ELEMENTS else "") + "}"
    return room.took(_leaf(value))


def _leaf(value: Any) -> str:
    if isinstance(value, Source):
        return value.text
    if isinstance(value, np.ndarray):
        return _array(value, "array")
    if isinstance(value, wire.Kit):
        return _kit(value)
    if isinstance(value, wire.Handle):
        return f"<{value.type_name.rsplit('.', 1)[-1]}>"
    if isinstance(value, wire.Opaque):
        return f"<an object of type {clean(value.type_name)}>"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, float):
        return _number(value)
    if type(value).__module__ == "torch":
        return _array(to_numpy(value), "tensor", _torch_suffix(value))
    if isinstance(value, bytes):
        return repr(value[:200])
    return clean(repr(value), 400)


def _text(value: str) -> str:
    if len(value) <= 400:
        return clean(repr(value), 400)
    return f"{clean(repr(value[:400])[:400])}\n... {len(value) - 399} more characters"


def _sequence(value: Sequence[Any], room: _Room) -> str:
    inner = ", ".join(_show(item, room) for item in value[:MAX_ELEMENTS])
    more = ", ..." if len(value) > MAX_ELEMENTS else ""
    if isinstance(value, list):
        return f"[{inner}{more}]"
    return f"({inner}{more}{',' if len(value) == 1 else ''})"


def to_numpy(tensor: Any) -> np.ndarray:
    """A torch tensor as a numpy array (bfloat16, which numpy lacks, as float32)."""
    plain = tensor.detach()
    array: np.ndarray = (plain.float() if str(plain.dtype) == "torch.bfloat16" else plain).numpy()
    return array


def _torch_suffix(tensor: Any) -> str:
    name = str(tensor.dtype)
    return "" if name in ("torch.float32", "torch.int64", "torch.bool") else f", dtype={name}"


def _array(array: np.ndarray, name: str, suffix: str = "") -> str:
    if name == "array" and array.dtype not in (np.float64, np.int64, np.bool_):
        suffix = f", dtype={array.dtype.name}"
    if array.size > MAX_ELEMENTS:
        first = ", ".join(_number(v) for v in array.reshape(-1)[:4].tolist())
        return f"{name}(shape {array.shape}, {array.dtype.name}: {first}, ...)"
    if array.size == 0:
        return f"{name}([], shape={array.shape}{suffix})"
    text = np.array2string(
        array,
        separator=", ",
        threshold=MAX_ELEMENTS + 1,
        formatter={"float_kind": _number},
        max_line_width=88,
        prefix=f"{name}(",
    )
    return f"{name}({text}{suffix})"


def _number(value: Any) -> str:
    """Ten digits: what tells two answers apart, less the noise of the last bits."""
    if not isinstance(value, float | np.floating):
        return repr(value)
    text = f"{float(value):.10g}"
    return text if not math.isfinite(value) or "." in text or "e" in text else f"{text}.0"


def _kit(kit: wire.Kit) -> str:
    data = kit.data
    if kit.name == "leaf":
        return f"{show(data).removesuffix(')')}, requires_grad=True)"
    if kit.name in ("mlp", "linear_layers"):
        sizes = [data[0][0].shape[1], *(weight.shape[0] for weight, _ in data)] if data else []
        shape = "-".join(str(size) for size in sizes)
        small = sum(weight.size if isinstance(weight, np.ndarray) else weight.numel()
                    for weight, _ in data) <= MAX_ELEMENTS  # fmt: skip
        what = "layers" if kit.name == "linear_layers" else "network"
        inner = "; ".join(f"W={show(w)}, b={show(b)}" for w, b in data)
        return f"<{what} {shape}: {inner}>" if small else f"<{what} {shape}>"
    if kit.name == "sequential":
        return "<network of " + ", ".join(layer[0] for layer in data) + ">"
    if isinstance(data, str):
        return {"basis": f"<basis function {data}>", "student": data}.get(kit.name, f"<{data}>")
    if isinstance(data, dict) and "name" in data:
        return f"<{kit.name} {data['name']}>"
    return f"<{kit.name}>"
