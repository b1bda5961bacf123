"""The law that a function leaves its arguments as they were."""

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


def same_tensors(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether two state dicts have the same names and the same tensors under them."""
    return before.keys() == after.keys() and all(
        then.dtype == after[name].dtype and np.array_equal(to_numpy(then), to_numpy(after[name]))
        for name, then in before.items()
    )
