"""The law that a function leaves its arguments as they were."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from grader.checks.compare import holds


def unchanged(name: str, after: Sequence[Any], *before: Any) -> None:
    """The arguments of `name`, read again after the call, equal those that were sent.

    Objects that stay in the worker (models) have no plain value and are left out.
    """
    for position, (now, then) in enumerate(zip(after, before, strict=True), start=1):
        if isinstance(then, int | float | str) or not hasattr(then, "shape"):
            continue
        same = np.array_equal(np.asarray(now), np.asarray(then))
        holds(
            same,
            law=f"{name} changed its argument {position} in place: inputs must be left as they are",
            got=now,
            expected=then,
            hint="work on a copy, and mind operators such as -= and methods such as sort()",
        )
