"""HW5 P2: the likelihood of an interval, and the interval that maximises it."""

import math
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from grader.checks.support.compare import (
    EXACT,
    FLOAT64,
    agree,
    as_float,
    as_list,
    at_least,
    expect_error,
    holds,
    raises,
)
from grader.checks.support.policies import test_allowed_imports as test_allowed_imports
from grader.checks.support.policies import test_calls as test_calls
from grader.checks.support.policies import test_comments as test_comments
from grader.checks.support.policies import test_pep8 as test_pep8
from grader.checks.support.purity import unchanged
from grader.engine.proxy import SubmissionProxy


def samples(*, min_size: int = 1) -> st.SearchStrategy[np.ndarray]:
    """Up to six numbers in eighths, so that sums and scalings are exact: `array([0.0, -1.5])`."""
    values = st.lists(st.integers(-40, 40), min_size=min_size, max_size=6)
    return values.map(lambda eighths: np.array(eighths) / 8)


def shuffled() -> st.SearchStrategy[np.ndarray]:
    """Three to six different numbers, the smallest negative, neither end of the array an extreme.

    So no two usual mistakes give the same answer: `array([0.125, -0.125, 0.0])`.
    """
    steps = st.lists(st.integers(1, 16), min_size=2, max_size=5)
    lowest = st.integers(-40, -1)
    ordered = st.builds(lambda low, up: low + np.cumsum([0, *up]), lowest, steps)
    return ordered.map(lambda values: np.roll(values, 1) / 8)


def eighths(low: int, high: int) -> st.SearchStrategy[float]:
    """Multiples of 1/8: `0.25`."""
    return st.integers(low, high).map(lambda k: k / 8)


def log_likelihood(x: np.ndarray, a: float, b: float) -> float:
    """The grader's own: plus infinity for the interval of length 0 that holds every sample."""
    if np.min(x) < a or np.max(x) > b:
        return -math.inf
    return math.inf if a == b else -len(x) * math.log(b - a)


def estimate(submission: SubmissionProxy, x: np.ndarray) -> tuple[float, float]:
    """The submission's estimate as two floats."""
    value, after = submission.observe("uniform_mle", x)
    a, b = as_list(value, 2, "uniform_mle(samples)")
    unchanged("uniform_mle", after, x)
    ends = as_float(a, "a"), as_float(b, "b")
    # Infinite ends hold every sample and stay where they are under any scale and shift.
    holds(all(map(math.isfinite, ends)), law="the ends are finite numbers", got=ends)
    return ends


def likelihood(submission: SubmissionProxy, x: np.ndarray, a: float, b: float) -> float:
    """The submission's log-likelihood as a float."""
    value, after = submission.observe("uniform_log_likelihood", x, a, b)
    unchanged("uniform_log_likelihood", after, x, a, b)
    return as_float(value, "uniform_log_likelihood(samples, a, b)")


def must_be_log_likelihood(got: float, x: np.ndarray, a: float, b: float) -> None:
    """`got` is -n log(b - a) for samples that all lie in [a, b]."""
    n, width = len(x), b - a
    agree(
        got,
        -n * math.log(width),
        FLOAT64,
        law="n samples in [a, b], the ends included, have the log-likelihood -n log(b - a)",
        mistakes={
            "the interval is closed: a sample at one of its ends is possible": -math.inf,
            "the sign is wrong: the density is 1/(b - a)": n * math.log(width),
            "this is the likelihood, not its logarithm": width**-n,
            "this is the log-likelihood of one sample, or the mean: a sum is asked for": (
                -math.log(width)
            ),
            "the natural logarithm is asked for, not base 10": -n * math.log10(width),
            "the natural logarithm is asked for, not base 2": -n * math.log2(width),
        },
    )


@given(x=samples(), below=eighths(0, 16), above=eighths(0, 16))
def test_log_likelihood_formula(
    submission: SubmissionProxy, x: np.ndarray, below: float, above: float
) -> None:
    a, b = float(np.min(x) - below), float(np.max(x) + above)
    if a == b:
        b += 0.5
    must_be_log_likelihood(likelihood(submission, x, a, b), x, a, b)


@given(x=samples(min_size=2), out=eighths(1, 16), spare=eighths(5, 12))
def test_impossible_samples(
    submission: SubmissionProxy, x: np.ndarray, out: float, spare: float
) -> None:
    a, b = float(np.min(x)) - spare, float(np.max(x)) + spare
    must_be_log_likelihood(likelihood(submission, x, a, b), x, a, b)
    found = {}
    for side, stray in (("below a", a - out), ("above b", b + out)):
        changed = x.copy()
        changed[len(x) // 2] = stray
        found[side] = likelihood(submission, changed, a, b)
    forgotten = "the support was forgotten: the density is 0 outside [a, b]"
    if -math.inf in found.values():
        forgotten = "both ends of the support count: a sample may be below a or above b"
    for side, got in found.items():
        agree(
            got,
            -math.inf,
            EXACT,
            law=f"one sample {side} is impossible under [a, b]: the log-likelihood is -inf",
            mistakes={
                forgotten: -len(x) * math.log(b - a),
                "0 is the likelihood; its logarithm is -inf": 0.0,
                "samples outside were left out of the sum": -(len(x) - 1) * math.log(b - a),
            },
            otherwise="return -math.inf: a finite number is the logarithm of something possible",
        )


@given(x=shuffled())
def test_estimate_is_min_and_max(submission: SubmissionProxy, x: np.ndarray) -> None:
    a, b = estimate(submission, x)
    low, high, n = float(np.min(x)), float(np.max(x)), len(x)
    spread = math.sqrt(3) * float(np.std(x))
    unbiased = (high - low) / max(n - 1, 1)
    agree(
        np.array([a, b]),
        np.array([low, high]),
        EXACT,
        law="the likelihood grows as the interval shrinks, as long as it holds every sample:"
        " (a, b) is the smallest and the largest sample",
        mistakes={
            "the ends are swapped: a is the lower one": np.array([high, low]),
            "this is the moment estimator, mean -+ sqrt(3) standard deviations": np.array(
                [np.mean(x) - spread, np.mean(x) + spread]
            ),
            "this widens the interval to remove a bias; the likelihood is largest without": (
                np.array([low - unbiased, high + unbiased])
            ),
            "the samples are not sorted: the first and the last are not the ends": x[[0, -1]],
            "the search for the ends must start from a sample, not from 0": np.array(
                [min(low, 0.0), max(high, 0.0)]
            ),
            "a is estimated too, it is not 0": np.array([0.0, high]),
            "the sign of the samples matters": np.sort(np.abs(x))[[0, -1]],
        },
        otherwise="a sample is outside this interval: that makes its likelihood 0"
        if a > low or b < high
        else None,
    )


@given(x=samples(min_size=2), a=eighths(-48, 48), width=eighths(1, 96))
def test_no_interval_is_likelier(
    submission: SubmissionProxy, x: np.ndarray, a: float, width: float
) -> None:
    found = estimate(submission, x)
    low, high = float(np.min(x)), float(np.max(x))
    at_least(
        log_likelihood(x, *found),
        max(log_likelihood(x, a, a + width), log_likelihood(x, low, high)),
        law="no other interval may be likelier than the estimate"
        " (an interval that misses a sample has likelihood 0)",
    )


@given(
    x=samples(min_size=2), scale=st.sampled_from([1.0, 2.0, 0.5, -1.0, -2.0]), shift=eighths(1, 40)
)
def test_estimate_moves_with_the_data(
    submission: SubmissionProxy, x: np.ndarray, scale: float, shift: float
) -> None:
    a, b = estimate(submission, x)
    ends = sorted([scale * a + shift, scale * b + shift])
    agree(
        np.array(estimate(submission, scale * x + shift)),
        np.array(ends),
        FLOAT64,
        law="when the samples are scaled and shifted, the estimate is scaled and shifted too"
        " (a negative scale swaps the ends)",
    )


@given(x=samples(), a=eighths(-40, 40), excess=eighths(0, 8))
def test_errors_are_raised(
    submission: SubmissionProxy, x: np.ndarray, a: float, excess: float
) -> None:
    one: Any = estimate(submission, x[:1])
    agree(np.array(one), x[[0, 0]], EXACT, law="a single sample gives a = b, not an error")
    expect_error(ValueError, "for an empty sample", submission, "uniform_mle", np.array([]))
    low, high = float(np.min(x)) - 1, float(np.max(x)) + 1
    must_be_log_likelihood(likelihood(submission, x, low, high), x, low, high)
    call: Any = submission, "uniform_log_likelihood", x, a

    def hint(_: Any) -> str:
        if raises(ValueError, *call, a - excess - 1):
            return "a = b is no interval either: a < b is asked for"
        return "nothing compares a and b: the density is 1/(b - a) only where a < b"

    when = f"where a {'>' if excess else '='} b"
    expect_error(ValueError, when, *call, a - excess, hint=hint)
