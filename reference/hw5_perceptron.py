"""HW5 P3: the perceptron and its mistake bound"""

import numpy as np


def margin(w: np.ndarray, X: np.ndarray) -> float:
    """Smallest distance of a data point from the hyperplane {x: w . x = 0}.

    Args:
        w: normal of the hyperplane, shape (n,), float64, not zero, any length.
        X: data, shape (m, n), float64, one example per row.

    Returns:
        The distance, a number >= 0 in the unit of X; the side of a point does not matter.
    """
    return float(np.min(np.abs(X @ w)) / np.linalg.norm(w))


def perceptron(
    X: np.ndarray, y: np.ndarray, seed: int = 0, max_updates: int | None = None
) -> tuple[np.ndarray, list[int]]:
    """Separate two classes by a hyperplane through the origin with the perceptron algorithm.

    Start at w = 0, pick data points at random, and add y_i x_i to w whenever point i is a mistake,
    which it is if y_i (w . x_i) <= 0. Stop when every point is right.

    Args:
        X: data, shape (m, n), float64, rows of length 1.
        y: labels, shape (m,), each -1 or +1.
        seed: seed of the random picks; the same seed repeats the run.
        max_updates: largest number of updates allowed; None means no limit.

    Returns:
        The weights w, shape (n,), and the list of the indices i in the order of their updates.

    Raises:
        RuntimeError: if points are still wrong after `max_updates` updates.

    Source: Rosenblatt 1958; the bound on the number of updates is Novikoff's, 1962.
    """
    rng = np.random.default_rng(seed)
    w = np.zeros(X.shape[1])
    updates: list[int] = []
    while True:
        mistakes = np.flatnonzero(y * (X @ w) <= 0)
        if len(mistakes) == 0:
            return w, updates
        if max_updates is not None and len(updates) >= max_updates:
            raise RuntimeError(f"{len(mistakes)} points still wrong after {max_updates} updates")
        # Picks that are right change nothing, so drawing among the mistakes is the same algorithm.
        i = int(rng.choice(mistakes))
        w = w + y[i] * X[i]
        updates.append(i)
