"""Laws and readings of answers that several topics share, on top of `compare`."""

from collections.abc import Iterable, Sequence
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
