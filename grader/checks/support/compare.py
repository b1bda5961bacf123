"""The one place where answers are compared: type, shape and finiteness first, then values.

Every function raises Mismatch with words for the student. A tolerance carries its reason. NaN
equals nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.engine import margins
from grader.engine.failures import Mismatch, StudentError
from grader.engine.proxy import SubmissionProxy
from grader.engine.show import show, to_numpy
from grader.sandbox.wire import Handle, Kit, Opaque

MAX_HINTS = 3


@dataclass(frozen=True, slots=True)
class Tolerance:
    """|got - expected| <= atol + rtol * max|expected|, and why that much.

    The scale is the largest expected entry, not each entry by itself: the rounding of a matrix
    product is relative to the whole.
    """

    rtol: float
    atol: float
    why: str

    def times(self, factor: float, why: str) -> "Tolerance":
        """A wider tolerance, for example by a condition number."""
        return Tolerance(self.rtol * factor, self.atol * factor, f"{self.why}; {why}")


FLOAT64 = Tolerance(1e-9, 1e-12, "float64: 2e-16 per operation, a few thousand operations")
FLOAT32 = Tolerance(1e-5, 1e-6, "float32: 6e-8 per operation, a few hundred operations")
NEARLY = Tolerance(1e-4, 0.0, "what float32 or a small number added on the way leaves")
TOO_COARSE = (
    "the first digits are right and the others are not: are numbers kept as float32, or is a small"
    " number added on the way?"
)
EXACT = Tolerance(0.0, 0.0, "the operations are exact, so are the results")


def as_float(value: Any, what: str = "the result") -> float:
    """A scalar: a Python number, numpy scalar, 0-d array or 0-d tensor. It may be infinite."""
    if type(value) in (int, float):
        try:
            return float(value)
        except OverflowError:
            raise Mismatch(f"{what} is too large", "an integer of hundreds of digits") from None
    array = _numeric(value)
    if array is None or array.shape != ():
        raise _wrong_type(value, what, "a number")
    return float(array)


def as_int(value: Any, what: str = "the result") -> int:
    """A whole number, in any of the containers of `as_float`."""
    number = as_float(value, what)
    if not number.is_integer():
        raise _wrong_type(value, what, "a whole number")
    return int(number)


def as_array(
    value: Any, shape: tuple[int, ...] | None = None, what: str = "the result", finite: bool = True
) -> np.ndarray:
    """A numpy array of real numbers, as float64 (or integers as they are)."""
    if type(value) is not np.ndarray or value.dtype.kind not in "fiub":
        raise _wrong_type(value, what, "a numpy array of real numbers")
    _check_shape(value, value.shape, shape, what)
    array = value.astype(np.float64) if value.dtype.kind == "f" else value
    if finite:
        _check_finite(array, value, what)
    return array


def as_coefficients(
    value: Any, count: int, what: str, law: str, hints: Mapping[Any, str]
) -> np.ndarray:
    """A vector of `count` real numbers; `law` says what each of them belongs to.

    `hints`, by shape, explain those that a common mistake gives.
    """
    found = as_array(value, what=what)
    holds(
        found.shape == (count,),
        law=f"{what} has the wrong shape: {law}",
        got=f"shape {found.shape}",
        expected=f"shape {(count,)}",
        hint=hints.get(found.shape),
    )
    return found


def as_tensor(
    value: Any,
    shape: tuple[int, ...] | None = None,
    dtype: Any = None,
    what: str = "the result",
    finite: bool = True,
) -> Any:
    """A torch tensor, detached, of the shape and dtype asked for."""
    import torch

    if type(value) is not torch.Tensor:
        raise _wrong_type(value, what, "a torch tensor")
    _check_shape(value, tuple(value.shape), shape, what)
    if dtype is not None and value.dtype != dtype:
        raise Mismatch(f"{what} has the wrong dtype", str(value.dtype), str(dtype))
    if finite:
        _check_finite(to_numpy(value), value, what)
    return value


def as_list(value: Any, length: int | None = None, what: str = "the result") -> list[Any]:
    """A list or tuple, of the length asked for."""
    if type(value) not in (list, tuple):
        raise _wrong_type(value, what, "a list or tuple")
    if length is not None and len(value) != length:
        raise Mismatch(f"{what} has the wrong length", f"{len(value)} items", f"{length} items")
    return list(value)


def agree(
    got: Any,
    expected: Any,
    tolerance: Tolerance,
    law: str,
    mistakes: Mapping[str, Any] | None = None,
    otherwise: str | None = None,
) -> None:
    """`got` must equal `expected`, which the grader computed, within the tolerance.

    `mistakes` maps a hint to the wrong answer that the mistake gives (or a function without
    arguments that computes it): those that match are shown, `otherwise` where none does.
    """
    if isinstance(expected, bool | int | float | np.generic):
        actual = np.asarray(as_float(got))
        wanted = np.asarray(float(expected))
    elif isinstance(expected, np.ndarray):
        actual, wanted = as_array(got, expected.shape, finite=False), expected
    else:
        actual = to_numpy(as_tensor(got, tuple(expected.shape), finite=False))
        wanted = to_numpy(expected)
    if not close(actual, wanted, tolerance):
        hint = matching(actual, tolerance, (mistakes or {}).items()) or otherwise
        if tolerance.rtol < NEARLY.rtol / 100 and close(actual, wanted, NEARLY, evidence=False):
            hint = hint or TOO_COARSE
        raise Mismatch(law, show(got), show(expected), hint)


def matching(
    actual: np.ndarray, tolerance: Tolerance, mistakes: Iterable[tuple[str, Any]]
) -> str | None:
    """The hints of the mistakes that give this answer: at a small input several may."""
    found: dict[str, None] = {}
    for hint, wrong in mistakes:
        value = wrong() if callable(wrong) else wrong
        array = to_numpy(value) if type(value).__module__ == "torch" else np.asarray(value)
        if close(actual, array, tolerance, evidence=False):
            found[hint] = None
    return "; or: ".join([*found][:MAX_HINTS]) or None


def close(a: Any, b: Any, tolerance: Tolerance, *, evidence: bool = True) -> bool:
    """Whether two arrays of one shape agree; an infinity agrees with itself, a NaN with nothing.

    What is accepted is evidence for the tolerance, unless it is not an answer that is compared.
    """
    x, y = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if x.shape != y.shape:
        return False
    finite = np.isfinite(y)
    if not np.array_equal(np.isfinite(x), finite) or not np.array_equal(x[~finite], y[~finite]):
        return False
    x, y = x[finite], y[finite]
    allowed = tolerance.atol + tolerance.rtol * float(np.max(np.abs(y), initial=0.0))
    with np.errstate(over="ignore"):
        error = float(np.max(np.abs(x - y), initial=0.0))
    if not error <= allowed:
        return False
    if evidence and allowed > 0:
        margins.note(tolerance.why, error / allowed)
    return True


def holds(
    condition: bool, law: str, got: Any = None, expected: Any = "", hint: str | None = None
) -> None:
    """A law must hold; texts are shown as they are, other values as source."""
    if not condition:
        raise Mismatch(law, _text(got), _text(expected), hint)


def at_most(value: float, bound: float, law: str, hint: str | None = None) -> None:
    """`value <= bound`; a NaN is not."""
    if not value <= bound:
        raise Mismatch(law, f"{value:.6g}", f"at most {bound:.6g}", hint)
    if 0 < bound < np.inf:
        margins.note("at most a threshold", max(float(value), 0.0) / float(bound))


def at_least(value: float, bound: float, law: str, hint: str | None = None) -> None:
    """`value >= bound`; a NaN is not."""
    if not value >= bound:
        raise Mismatch(law, f"{value:.6g}", f"at least {bound:.6g}", hint)
    if 0 < bound < np.inf:
        margins.note("at least a threshold", float(bound) / float(value))


def raises(
    kind: type[Exception], submission: SubmissionProxy, name: str, *args: Any, **kwargs: Any
) -> bool:
    """Whether the call raises `kind`, or a class derived from it."""
    try:
        submission.call(name, *args, **kwargs)
    except StudentError as error:
        return error.is_a(kind)
    return False


def expect_error(
    kind: type[Exception],
    when: str,
    submission: SubmissionProxy,
    name: str,
    *args: Any,
    hint: Callable[[Any], str | None] = lambda value: None,
    **kwargs: Any,
) -> None:
    """The call must raise `kind`, or a class derived from it; `when` ends the sentence.

    `hint` is asked what may be wrong where the call returned a value.
    """
    law = f"{name} must raise {kind.__name__} {when}"
    try:
        value = submission.call(name, *args, **kwargs)
    except StudentError as error:
        if not error.is_a(kind):
            raise Mismatch(law, f"raised {error.name}: {error.message}", kind.__name__) from None
        return
    raise Mismatch(law, show(value), kind.__name__, hint(value))


def _wrong_type(value: Any, what: str, wanted: str) -> Mismatch:
    if value is None:
        return Mismatch(f"{what} is None: is a return missing?", "None", wanted)
    return Mismatch(f"{what} has the wrong type", f"{_type_of(value)}: {show(value)}", wanted)


def _type_of(value: Any) -> str:
    if isinstance(value, Opaque):
        return value.type_name
    if isinstance(value, Handle | Kit):
        return "an object"
    if isinstance(value, np.ndarray):
        return f"numpy array of dtype {value.dtype.name}"
    kind = type(value)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


def _numeric(value: Any) -> np.ndarray | None:
    if type(value) is np.ndarray:
        return value if value.dtype.kind in "fiub" else None
    if type(value).__module__ == "torch" and not value.is_complex():
        return to_numpy(value)
    return None


def _check_shape(
    value: Any, actual: tuple[int, ...], shape: tuple[int, ...] | None, what: str
) -> None:
    if shape is not None and actual != shape:
        law = f"{what} has the wrong shape"
        raise Mismatch(law, f"shape {actual}: {show(value)}", f"shape {shape}")


def _check_finite(array: np.ndarray, value: Any, what: str) -> None:
    if not np.all(np.isfinite(array)):
        raise Mismatch(f"{what} has entries that are not finite", show(value), "finite numbers")


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else show(value)
