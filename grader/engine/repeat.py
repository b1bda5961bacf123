"""Whether two answers to the same question are the same."""

from typing import Any

import numpy as np

from grader.engine.failures import Mismatch
from grader.engine.show import show, to_numpy

# The same machine code on the same numbers gives the same bits; the slack only forgives libraries
# that choose another summation order for another alignment of memory.
RTOL = 1e-6
ATOL = 1e-9


def must_agree(function: str, first: Any, again: Any) -> None:
    """Raise Mismatch when the second answer differs from the first."""
    if not _same(first, again):
        raise Mismatch(
            f"{function} gave another answer when it was asked again in a fresh process: it depends"
            " on something besides its arguments (a global, an unset seed, earlier calls)",
            got=show(again),
            expected=f"{show(first)} (its first answer)",
        )


def _same(a: Any, b: Any) -> bool:
    if type(a) is not type(b):
        return False
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(_same(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(_same(a[key], b[key]) for key in a)
    if isinstance(a, float):
        return bool(np.isclose(a, b, rtol=RTOL, atol=ATOL, equal_nan=True))
    if isinstance(a, np.ndarray) or type(a).__module__ == "torch":
        x, y = _numpy(a), _numpy(b)
        if x.shape != y.shape or x.dtype != y.dtype:
            return False
        if not np.issubdtype(x.dtype, np.inexact):
            return bool(np.array_equal(x, y))
        scale = float(np.max(np.abs(x[np.isfinite(x)]), initial=0.0))
        return bool(np.allclose(x, y, rtol=RTOL, atol=ATOL + RTOL * scale, equal_nan=True))
    return bool(a == b)


def _numpy(value: Any) -> np.ndarray:
    return value if isinstance(value, np.ndarray) else to_numpy(value)
