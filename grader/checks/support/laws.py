"""Laws and readings of answers that several topics share, on top of `compare`."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from grader.checks.support.compare import (
    Tolerance,
    as_array,
    as_float,
    as_list,
    close,
    holds,
    matching,
)


def as_scalars(value: Any, count: int, what: str) -> np.ndarray:
    """`count` scalars in a list, tuple or array, as float64."""
    if type(value) is np.ndarray:
        return as_array(value, (count,), what)
    items = as_list(value, count, what)
    return np.array([as_float(item, what) for item in items])


def agree_with_one(
    got: np.ndarray,
    accepted: Sequence[np.ndarray],
    tolerance: Tolerance,
    law: str,
    mistakes: Iterable[tuple[str, np.ndarray]] = (),
    otherwise: str | None = None,
) -> None:
    """`got` equals one of the accepted answers; else the hints of the mistakes that it equals."""
    if not any(close(got, answer, tolerance) for answer in accepted):
        hint = matching(got, tolerance, mistakes) or otherwise
        holds(False, law, got=got, expected=accepted[0], hint=hint)


def left_alone(function: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """A module's state, read before and after the call, is the same in every part."""
    for part in ("parameters", "gradients", "buffers"):
        for name, tensor in before[part].items():
            now = after[part].get(name)
            holds(
                _same(now, tensor),
                law=f"{function} must leave the model as it was: {part} changed ({name})",
                got=now,
                expected=tensor,
                hint=_why(now) if part == "gradients" else None,
            )
    for part, words, hint in (
        ("requires_grad", "requires_grad flags", "requires_grad_(False) lasts after the call"),
        ("training", "training mode", "model.eval() lasts after the call: put the mode back"),
    ):
        holds(
            after[part] == before[part],
            law=f"{function} must leave the model as it was: its {words} changed",
            got=after[part],
            expected=before[part],
            hint=hint,
        )


def _why(gradient: Any) -> str:
    """The likeliest reason for a gradient that is not what it was."""
    if gradient is None or not np.asarray(gradient).any():
        return "zero_grad() throws away the gradients that were there before the call"
    return (
        "torch.autograd.grad(loss, delta) touches no parameter, loss.backward() fills the .grad of"
        " all"
    )


def _same(now: Any, then: Any) -> bool:
    if now is None or then is None:
        return now is then
    return now.shape == then.shape and np.array_equal(np.asarray(now), np.asarray(then))
