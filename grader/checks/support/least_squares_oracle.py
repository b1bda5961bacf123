"""Oracles of least squares and the data they are asked about.

Solutions come from a truncated SVD or from centred variables, never from the calls that students
make.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from grader.checks.support.compare import Tolerance
from grader.checks.support.strategies import decimals, seeds

EPS = float(np.finfo(np.float64).eps)


def solution(A: np.ndarray, y: np.ndarray, rank: int | None = None) -> np.ndarray:
    """The least squares solution of smallest norm, by an SVD cut off at 1e-10, or at a rank."""
    left, values, right = np.linalg.svd(A, full_matrices=False)
    kept = values > 1e-10 * values[0]
    if rank is not None:
        kept[rank:] = False
    beta: np.ndarray = right[kept].T @ (left[:, kept].T @ y / values[kept])
    return beta


@st.composite
def parabola_data(draw: st.DrawFn, max_offset: int = 10) -> tuple[np.ndarray, np.ndarray]:
    """Points with three distinct x, |mean| <= 10 spreads: `([0.0, 0.5, -0.7], [1.2, 0.1, 0])`."""
    m = draw(st.integers(3, 8))
    offset = draw(st.sampled_from([o for o in (0, 1, 10) if o <= max_offset]))
    rng = np.random.default_rng(draw(seeds()))
    x = decimals(rng, m)
    assume(len(set(x.tolist())) >= 3)
    return np.round(x + offset * x.std(), 1), decimals(rng, m)


def parabola(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The fitted (a, b, c): QR in the centred and scaled variable, expanded again."""
    centre = x.mean()
    scale = np.abs(x - centre).max()
    q, r = np.linalg.qr(np.vander((x - centre) / scale, 3))
    p2, p1, p0 = np.linalg.solve(r, q.T @ y)
    a, b = p2 / scale**2, p1 / scale - 2 * p2 * centre / scale**2
    return np.array([a, b, p0 - p1 * centre / scale + a * centre**2])


def by_normal_equations(x: np.ndarray) -> Tolerance:
    """What the derived formula reaches: it squares the condition of the column-scaled design."""
    V = np.vander(x, 3)
    condition = float(np.linalg.cond(V / np.linalg.norm(V, axis=0)))
    why = "the normal equations have the square of the condition number"
    return Tolerance(max(1e-9, 100 * EPS * condition**2), 1e-12, why)


def by_hand(x: np.ndarray) -> Tolerance:
    """What the derived 3 x 3 system reaches, by whatever rule it is solved."""
    once = by_normal_equations(x)
    V = np.vander(x, 3)
    # the determinant of V^T V is the square of the product of these
    values = np.linalg.svd(V / np.linalg.norm(V, axis=0), compute_uv=False)
    cramer = 100 * EPS / float(np.prod(values)) ** 2
    why = f"{once.why}; Cramer's rule divides by their determinant"
    return Tolerance(max(once.rtol, cramer), once.atol, why)


@st.composite
def power_data(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Positive (X, y), the X at least a factor 1.5 apart: `([1.0, 2.5], [3.1, 0.4])`."""
    m = draw(st.integers(2, 8))
    rng = np.random.default_rng(draw(seeds()))
    X = np.round(np.exp(rng.uniform(-2.0, 3.0, m)), 1) + 0.1
    assume(X.max() / X.min() >= 1.5)
    return X, np.round(np.exp(rng.normal(0.5, 1.0, m)), 1) + 0.1


def power_law(X: np.ndarray, y: np.ndarray) -> np.ndarray:
    """(alpha, beta) by the closed form of a line through centred logarithms."""
    u, v = np.log(X), np.log(y)
    slope = float((u - u.mean()) @ v / np.sum((u - u.mean()) ** 2))
    return np.array([np.exp(v.mean() - slope * u.mean()), slope])


BASIS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "one": np.ones_like,
    "identity": np.positive,
    "square": np.square,
    "sin": np.sin,
    "cos": np.cos,
    "exp": np.exp,
    "sqrt_abs": lambda x: np.sqrt(np.abs(x)),
    "log1p_abs": lambda x: np.log1p(np.abs(x)),
}


@dataclass(frozen=True)
class BasisData:
    """Points (X, y) and the names of the basis functions, in order."""

    names: tuple[str, ...]
    X: np.ndarray
    y: np.ndarray

    @property
    def design(self) -> np.ndarray:
        """One column per basis function, (m, len(names))."""
        return self.at(self.X)

    def at(self, x: np.ndarray) -> np.ndarray:
        """The basis functions at other places."""
        return np.column_stack([BASIS[name](x) for name in self.names])


@st.composite
def basis_data(draw: st.DrawFn, max_functions: int = 4, *, min_functions: int = 1) -> BasisData:
    """Functions that are independent on the points: `BasisData(("sin",), X=[0.3], y=[1.2])`."""
    count = draw(st.integers(min_functions, max_functions))
    names = draw(st.permutations(sorted(BASIS)))[:count]
    m = draw(st.integers(count + 1, count + 8))
    rng = np.random.default_rng(draw(seeds()))
    data = BasisData(tuple(names), decimals(rng, m), decimals(rng, m))
    assume(np.linalg.matrix_rank(data.design) == count and np.linalg.cond(data.design) <= 200)
    return data
