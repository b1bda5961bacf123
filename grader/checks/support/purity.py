"""The laws that a function leaves its arguments, and a model that it evaluates, as they were."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from grader.checks.support.compare import holds
from grader.engine.show import to_numpy


def _plain(value: Any) -> np.ndarray:
    return value if isinstance(value, np.ndarray) else to_numpy(value)


def _is_real(value: Any) -> bool:
    return _plain(value).dtype.kind == "f"


def unchanged(name: str, after: Sequence[Any], *before: Any) -> None:
    """The arguments of `name`, read again after the call, equal those that were sent.

    Objects that stay in the worker (models) have no plain value and are left out.
    """
    for position, (now, then) in enumerate(zip(after, before, strict=True), start=1):
        if isinstance(then, int | float | str) or not hasattr(then, "shape"):
            continue
        same = type(now) is type(then) and now.dtype == then.dtype
        same = same and np.array_equal(_plain(now), _plain(then), equal_nan=_is_real(then))
        holds(
            same,
            law=f"{name} changed its argument {position} in place: inputs must be left as they are",
            got=now,
            expected=then,
            hint="work on a copy, and mind operators such as -= and methods such as sort()",
        )


def left_alone(function: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """A module's state, read before and after the call, is the same in every part."""
    for part, words, hint in (
        ("requires_grad", "requires_grad flags", "requires_grad_(False) lasts after the call"),
        ("training", "training mode", "train() and eval() last after the call: put the mode back"),
    ):
        holds(
            after[part] == before[part],
            law=f"{function} must leave the model as it was: its {words} changed",
            got=after[part],
            expected=before[part],
            hint=hint,
        )
    for part, hint in (
        ("parameters", "only the input is changed: no optimiser holds the model's parameters"),
        ("gradients", ""),
        ("buffers", "BatchNorm's running statistics change when the model runs in training mode"),
    ):
        for name, then in before[part].items():
            now = after[part].get(name)
            holds(
                _same(now, then),
                law=f"{function} must leave the model as it was: {part} changed ({name})",
                got=now,
                expected=then,
                hint=hint or _why_gradients(now),
            )


def _same(now: Any, then: Any) -> bool:
    if now is None or then is None:
        return now is then
    return now.dtype == then.dtype and np.array_equal(_plain(now), _plain(then))


def _why_gradients(now: Any) -> str:
    """The likeliest reason for a gradient that is not what it was."""
    if now is None or not _plain(now).any():
        return "zero_grad() throws away the gradients that were there before the call"
    return (
        "torch.autograd.grad(loss, x) touches no parameter, loss.backward() fills the .grad of all"
    )
