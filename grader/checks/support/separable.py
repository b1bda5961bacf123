"""Points that a hyperplane through the origin separates, and the largest margin that one reaches.

The largest margin comes from the dual of the hard-margin SVM through the origin: the point of
smallest norm in the convex hull of the y_i x_i. Its direction is feasible, so the margin that it
reaches never exceeds the true one, and the bound 1/gamma^2 never asks too much.
"""

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st
from scipy.optimize import nnls

from grader.checks.support.strategies import seeds

PLANE = np.array([[1, 0], [0, 1], [0.28, 0.96], [0.8432, 0.5376]])
"""Directions of length 1 in short decimals.

Where the planted separator is one of them too, no run on those at least `AWAY` from it comes to a
zero that rounding may hide, which longer runs do. Of such a zero two ways to write a product may
disagree: where `X @ w` ends the run and `w @ X[i]` finds its mistakes, a right program would go on
for ever.
"""
AWAY = 0.05


@dataclass(frozen=True)
class Classes:
    """Rows of length 1 with labels -1 and +1 that a hyperplane through the origin separates."""

    X: np.ndarray
    y: np.ndarray

    def separator(self) -> tuple[np.ndarray, float]:
        """The unit normal of the hyperplane with the largest margin, and the margin it reaches."""
        signed = self.y[:, None] * self.X
        system = np.vstack([signed.T, np.ones(len(signed))])
        weights, _ = nnls(system, np.append(np.zeros(self.X.shape[1]), 1.0))
        nearest = weights @ signed
        normal = nearest / np.linalg.norm(nearest)
        return normal, float(np.min(signed @ normal))


@st.composite
def separable(draw: st.DrawFn, *, max_points: int = 12) -> Classes:
    """Points at least `AWAY` from a planted separator: `Classes([[0.28, 0.96]], [1.0])`."""
    m, n = draw(st.integers(1, max_points)), draw(st.integers(1, 5))
    rng = np.random.default_rng(draw(seeds(999)))
    X = _unit_rows(rng, 3 * m, n)
    planted = _unit_rows(rng, 1, n)[0]
    far = np.abs(X @ planted) >= AWAY
    X = X[far][:m] if far.any() else planted[None]
    return Classes(X, np.where(X @ planted > 0, 1.0, -1.0))


@st.composite
def thin(draw: st.DrawFn) -> Classes:
    """Points that all lie at the same small distance from the planted separator, on both sides.

    In a plane, or with fewer of them, two updates suffice for most; here half of the runs take 8 or
    more, and a quarter a hundred. A zero of long products would take about 1/margin^2 updates, the
    most there can be; the longest run seen took half as many.
    """
    m, n = draw(st.integers(4, 10)), draw(st.integers(3, 5))
    margin = draw(st.sampled_from([0.3, 0.1, 0.03, 0.01]))
    rng = np.random.default_rng(draw(seeds(999)))
    along = np.hstack([np.zeros((m, 1)), _unit_rows(rng, m, n - 1)])
    y = rng.choice([-1.0, 1.0], m)
    return Classes(np.sqrt(1 - margin**2) * along + margin * y[:, None] * np.eye(n)[0], y)


@st.composite
def axes(draw: st.DrawFn) -> Classes:
    """The n unit vectors with any labels: every point is a mistake exactly once, in any order."""
    n = draw(st.integers(2, 7))
    rng = np.random.default_rng(draw(seeds(999)))
    return Classes(np.eye(n)[rng.permutation(n)], rng.choice([-1.0, 1.0], n))


def _unit_rows(rng: np.random.Generator, m: int, n: int) -> np.ndarray:
    rows: np.ndarray = rng.normal(size=(m, n))
    if n == 2:
        rows = PLANE[rng.integers(len(PLANE), size=m)] * rng.choice([-1.0, 1.0], (m, 2))
    lengths: np.ndarray = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: np.ndarray = rows / lengths
    return unit
