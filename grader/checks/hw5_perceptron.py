"""HW5 P3: every update is replayed, and the bound is held against the largest margin."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from grader.checks.support.compare import (
    FLOAT64,
    Tolerance,
    agree,
    as_coefficients,
    as_float,
    as_int,
    as_list,
    at_least,
    at_most,
    close,
    expect_error,
    holds,
    raises,
)
from grader.checks.support.policies import test_allowed_imports as test_allowed_imports
from grader.checks.support.policies import test_calls as test_calls
from grader.checks.support.policies import test_comments as test_comments
from grader.checks.support.policies import test_pep8 as test_pep8
from grader.checks.support.purity import unchanged
from grader.checks.support.separable import Classes, axes, separable, thin
from grader.checks.support.strategies import seeds
from grader.engine.failures import StudentError
from grader.engine.proxy import SubmissionProxy

SUMS = Tolerance(1e-9, 1e-9, "float64 sums, in the order of the updates")
NEVER_STARTS = "a mistake is <= 0, not < 0: otherwise the algorithm never starts"
NEAR_ZERO = 1e-12
"""A product this close to zero may count as right or wrong: rounding decides its sign."""


def run(submission: SubmissionProxy, data: Classes, seed: int) -> tuple[np.ndarray, list[int]]:
    """The weights and the updates of one call, of the right types."""
    value, after = submission.observe("perceptron", data.X, data.y, seed)
    unchanged("perceptron", after, data.X, data.y, seed)
    weights, updates = as_list(value, 2, "perceptron(X, y)")
    n = data.X.shape[1]
    hints = {(n + 1,): "no bias is added: the hyperplane goes through the origin"}
    w = as_coefficients(weights, n, "w", "one weight for each column of X", hints)
    picks = updates.tolist() if isinstance(updates, np.ndarray) else updates
    indices = [as_int(i, "an index in updates") for i in as_list(picks, what="updates")]
    for i in indices:
        holds(
            0 <= i < len(data.y),
            law="updates holds indices of rows of X, counted from 0",
            got=i,
            expected=f"0 to {len(data.y) - 1}",
        )
    return w, indices


def must_separate(w: np.ndarray, data: Classes, updates: list[int]) -> None:
    """Every point is right, and w has left the origin."""
    holds(
        bool(np.any(w)),
        law="w is still 0: at the start w . x = 0, and a point with y (w . x) <= 0 is a mistake",
        got=w,
        hint=NEVER_STARTS,
    )
    products = data.y * (data.X @ w)
    wrong = int(np.argmin(products))
    replayed = close(w, data.y[updates] @ data.X[updates], SUMS, evidence=False)
    holds(
        bool(products[wrong] > -NEAR_ZERO),
        law=f"point {wrong} is still wrong: the run stops when every point has y (w . x) > 0",
        got=f"y (w . x) = {products[wrong]:.6g} with w = {w.tolist()}",
        hint="one pass over the points, or some picks that were right, are not enough: stop when"
        " each point was found right by one and the same w"
        if replayed
        else "w is not the sum of the recorded y_i x_i: return the w that was found to be right",
    )


@given(data=separable(), seed=seeds(999))
def test_margin_is_the_smallest_distance(
    submission: SubmissionProxy, data: Classes, seed: int
) -> None:
    size = data.X.shape[1]
    w = np.random.default_rng(seed).integers(1, 9, size) * np.resize([-0.5, 0.5], size)
    # The largest distance is on the positive side: so no two of the mistakes give one answer.
    products = data.X @ w
    w = w * (1 if products.max() > -products.min() else -1)
    value, after = submission.observe("margin", w, data.X)
    unchanged("margin", after, w, data.X)
    distances, length = data.X @ w, float(np.linalg.norm(w))
    agree(
        as_float(value, "margin(w, X)"),
        float(np.min(np.abs(distances))) / length,
        FLOAT64,
        law="the margin is the smallest |w . x| over the points, divided by the length of w",
        mistakes={
            "divide by the length of w: a distance does not change when w is scaled": (
                float(np.min(np.abs(distances)))
            ),
            "divide by the length of w, not by its square": (
                float(np.min(np.abs(distances))) / length**2
            ),
            "the side of a point does not matter: take the absolute value": (
                float(np.min(distances)) / length
            ),
            "take the absolute value of each product before the minimum": (
                abs(float(np.min(distances))) / length
            ),
            "the smallest distance is asked for, not the mean": (
                float(np.mean(np.abs(distances))) / length
            ),
            "the smallest distance is asked for, not the largest": (
                float(np.max(np.abs(distances))) / length
            ),
        },
    )


@given(data=st.one_of(separable(), thin()), seed=seeds(99), noise=st.integers(1, 2**31))
def test_updates_can_be_replayed(
    submission: SubmissionProxy, data: Classes, seed: int, noise: int
) -> None:
    w, updates = run(submission, data, seed)
    must_separate(w, data, updates)
    must_be_the_sum(w, data, updates)
    _, gamma = data.separator()
    for step, (i, product) in enumerate(_replayed(data, updates)):
        holds(
            product <= NEAR_ZERO,
            law=f"update {step} used point {i}, which was right at that time: only a mistake"
            " changes w",
            got=f"y (w . x) = {product:.6g}",
            expected="at most 0",
            hint="the list is in the order of the updates, the first one first"
            if all(p <= NEAR_ZERO for _, p in _replayed(data, updates[::-1]))
            else "check each point against the current w, and record only the updates",
        )
    count, length = len(updates), float(np.linalg.norm(w))
    at_most(length**2, count + 1e-9, "each update adds at most 1 to |w|^2, so |w| <= sqrt(M)")
    at_least(
        length, gamma * count - 1e-9, "each update adds at least gamma along w_opt: |w| >= gamma M"
    )
    # A generator that was not seeded would differ now.
    submission.disturb(noise)
    _, again = run(submission, data, seed)
    holds(again == updates, "the same seed must repeat the run", got=again, expected=updates)


def _replayed(data: Classes, updates: list[int]) -> Iterator[tuple[int, float]]:
    """Each update, and the product y (w . x) of its point with the w before it."""
    w = np.zeros(data.X.shape[1])
    for i in updates:
        yield i, float(data.y[i] * (w @ data.X[i]))
        w = w + data.y[i] * data.X[i]


def must_be_the_sum(w: np.ndarray, data: Classes, updates: list[int]) -> None:
    """w is what its updates make of 0."""
    steps = data.y[updates, None] * data.X[updates]
    replayed = steps.sum(axis=0)
    length = max(float(np.linalg.norm(replayed)), NEAR_ZERO)
    agree(
        w,
        replayed,
        SUMS,
        law="w must be the sum of y_i x_i over updates, starting at w = 0",
        mistakes={
            "only updates belong into the list, not picks that were right at that time": (
                _sum_of_mistakes(data, updates)
            ),
            "the step is y_i x_i: no learning rate of one half": replayed / 2,
            "the step is y_i x_i: no learning rate of 0.1": replayed / 10,
            "w is not normalised on the way or at the end": replayed / length,
            "the label is missing: the step is y_i x_i": data.X[updates].sum(axis=0),
            "this is an average of the updates": replayed / max(len(updates), 1),
            "this is the average of w over the run: return the last w": (
                np.cumsum(steps, axis=0).sum(axis=0) / max(len(updates), 1)
            ),
        },
        otherwise="start at w = 0, and record an index at every update, also of a point that was"
        " used before"
        if len(set(updates)) == len(updates)
        else None,
    )


def _sum_of_mistakes(data: Classes, picks: list[int]) -> np.ndarray:
    w = np.zeros(data.X.shape[1])
    for i in picks:
        if data.y[i] * (w @ data.X[i]) <= NEAR_ZERO:
            w = w + data.y[i] * data.X[i]
    return w


@given(data=st.one_of(axes(), thin()), seed=seeds(99))
def test_mistake_bound(submission: SubmissionProxy, data: Classes, seed: int) -> None:
    w, updates = run(submission, data, seed)
    must_separate(w, data, updates)
    _, gamma = data.separator()
    at_least(len(updates), 1, "at w = 0 every point is a mistake: there is at least one update")
    at_most(
        len(updates),
        (1 + 1e-9) / gamma**2,
        law=f"the perceptron makes at most 1/gamma^2 updates; the largest margin is {gamma:.4g}",
    )


@given(data=st.one_of(separable(max_points=25), thin()), seed=seeds(99))
def test_every_point_is_right_at_the_end(
    submission: SubmissionProxy, data: Classes, seed: int
) -> None:
    w, updates = run(submission, data, seed)
    must_separate(w, data, updates)


@given(data=axes(), seed=seeds(99))
def test_zero_is_a_mistake(submission: SubmissionProxy, data: Classes, seed: int) -> None:
    w, updates = run(submission, data, seed)
    n = len(data.y)
    must_be_the_sum(w, data, updates)
    # Products of unit vectors are exact: a zero here is no matter of rounding.
    holds(
        sorted(updates) == list(range(n)),
        law=f"on {n} orthogonal points w . x is exactly 0 until a point was used, and 0 is a"
        " mistake: each point is updated exactly once",
        got=updates,
        expected=f"0 to {n - 1} in any order",
        hint="a mistake is y (w . x) <= 0, also after the first update"
        if updates
        else NEVER_STARTS,
    )


@given(data=axes(), seed=seeds(99), spare=st.integers(0, 3))
def test_max_updates(submission: SubmissionProxy, data: Classes, seed: int, spare: int) -> None:
    n = len(data.y)
    call: Any = submission, "perceptron", data.X, data.y, seed
    try:
        value = submission.perceptron(data.X, data.y, seed, max_updates=n + spare)
    except StudentError as error:
        early = not raises(RuntimeError, *call, max_updates=n + spare + 1)
        holds(
            not error.is_a(RuntimeError),
            law=f"{n} updates suffice here and max_updates is {n + spare}: reaching it with every"
            " point right is no error",
            got=str(error),
            hint="raise where one more update would be needed, not after the last one allowed"
            if early
            else "max_updates counts the updates, not the points that were looked at",
        )
        raise
    w, _ = as_list(value, 2, "perceptron(X, y)")
    agree(w, data.y @ data.X, FLOAT64, law="w must be the sum of y_i x_i over updates")

    def hint(value: Any) -> str | None:
        updates = value[1] if isinstance(value, list | tuple) and len(value) == 2 else None
        if not isinstance(updates, list | tuple | np.ndarray):
            return None
        if len(updates) < n:
            return "no w that leaves a point wrong is returned: at the limit the run fails"
        if raises(RuntimeError, *call, max_updates=n - 2):
            return "this is one update more than max_updates: raise before it, not after"
        return "max_updates ends the run, however long it would go on"

    when = f"at max_updates={n - 1}, where {n} updates are needed"
    expect_error(RuntimeError, when, *call, max_updates=n - 1, hint=hint)
    # The same point with both labels: no hyperplane has both right, so only the limit ends the run.
    both = np.vstack([data.X[:1], data.X[:1]]), np.array([1.0, -1.0])
    when = f"at max_updates={10 + spare}, where no hyperplane separates the points"
    expect_error(RuntimeError, when, submission, "perceptron", *both, seed, max_updates=10 + spare)
