"""HW2 Q1: least squares"""

from collections.abc import Callable, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

Array = NDArray[np.float64]


def quadratic_fit(x: Array, y: Array) -> tuple[float, float, float]:
    """Least squares fit of the parabola ``a x^2 + b x + c``, derived in part (a).

    Args:
        x: places, float64 of shape ``(m,)``, at least three of them distinct.
        y: measured values, float64 of shape ``(m,)``.

    Returns:
        The scalars ``(a, b, c)``, in this order, for which the sum of the squared residuals over
        the ``m`` points is smallest.
    """
    # An orthogonal factorisation of the Vandermonde matrix: the derived normal equations have the
    # square of its condition number, which matters when x lies far from zero.
    a, b, c = np.linalg.lstsq(np.vander(x, 3), y, rcond=None)[0]
    return float(a), float(b), float(c)


def _design(X: Array) -> Array:
    return np.column_stack([np.ones(len(X)), X])


def normal_equation(X: Array, y: Array) -> Array:
    """Linear regression with an intercept, solved through the normal equations.

    Args:
        X: features, float64 of shape ``(m, n)``; with the intercept the design has full column
            rank, so ``m > n``.
        y: targets, float64 of shape ``(m,)``.

    Returns:
        ``beta``, float64 of shape ``(n + 1,)``: the intercept first, then one coefficient per
        feature.
    """
    A = _design(X)
    # Solving beats inverting: fewer operations and a smaller error.
    return np.linalg.solve(A.T @ A, A.T @ y)


def pinv_fit(X: Array, y: Array) -> Array:
    """Linear regression with an intercept through ``np.linalg.pinv``.

    Args:
        X: features, float64 of shape ``(m, n)``; columns may depend on each other.
        y: targets, float64 of shape ``(m,)``.

    Returns:
        ``beta``, float64 of shape ``(n + 1,)``, the intercept first. Where many coefficients fit
        equally well, those of the smallest Euclidean norm.
    """
    A = _design(X)
    # The cut-off of matrix_rank and lstsq; the default of pinv is below the rounding of the SVD.
    cutoff = max(A.shape) * np.finfo(A.dtype).eps
    return np.linalg.pinv(A, rcond=cutoff) @ y


def lstsq_fit(X: Array, y: Array) -> Array:
    """Linear regression with an intercept through ``np.linalg.lstsq``.

    Args:
        X: features, float64 of shape ``(m, n)``; columns may depend on each other.
        y: targets, float64 of shape ``(m,)``.

    Returns:
        ``beta``, float64 of shape ``(n + 1,)``, the intercept first. Where many coefficients fit
        equally well, those of the smallest Euclidean norm.
    """
    return np.linalg.lstsq(_design(X), y, rcond=None)[0]


def predict(X: Array, beta: Array) -> Array:
    """Values of a fitted linear model.

    Args:
        X: features, float64 of shape ``(m, n)``.
        beta: coefficients as the three fits return them, float64 of shape ``(n + 1,)``.

    Returns:
        ``y_hat``, float64 of shape ``(m,)``, one prediction per row of ``X``.
    """
    return _design(X) @ beta


def my_func_fit(X: Array, y: Array) -> tuple[float, float]:
    """Fit of the power law ``y = alpha x^beta``, linear after taking logarithms of both sides.

    Args:
        X: places, positive, float64 of shape ``(m,)``, at least two of them distinct.
        y: measured values, positive, float64 of shape ``(m,)``.

    Returns:
        The scalars ``(alpha, beta)``, in this order, of the least squares fit in log-log space.
    """
    A = np.column_stack([np.ones(len(X)), np.log(X)])
    log_alpha, beta = np.linalg.lstsq(A, np.log(y), rcond=None)[0]
    return float(np.exp(log_alpha)), float(beta)


def my_lin_regression(f: Sequence[Callable[[Array], Array]], X: Array, y: Array) -> Array:
    """Linear regression on given basis functions: ``beta_1 f_1(x) + ... + beta_n f_n(x)``.

    Args:
        f: the ``n`` basis functions; each takes an array and returns one of the same shape. They
            are linearly independent on the points of ``X``.
        X: places, float64 of shape ``(m,)``.
        y: measured values, float64 of shape ``(m,)``.

    Returns:
        ``beta``, float64 of shape ``(n,)``: one coefficient per basis function, in the order of
        ``f``. There is no intercept unless one of the functions is constant.
    """
    A = np.column_stack([basis(X) for basis in f])
    return np.linalg.lstsq(A, y, rcond=None)[0]


def regression_plot(f: Sequence[Callable[[Array], Array]], X: Array, y: Array, beta: Array) -> Axes:
    """Draw the data as a scatter and the fitted curve as a line over it.

    Args:
        f: the ``n`` basis functions, as for ``my_lin_regression``.
        X: places, float64 of shape ``(m,)``, in any order.
        y: measured values, float64 of shape ``(m,)``.
        beta: coefficients of the curve, float64 of shape ``(n,)``, in the order of ``f``.

    Returns:
        The Axes of a new figure, holding both; the figure is not shown.
    """
    _, axes = plt.subplots()
    axes.scatter(X, y, s=12, label="data")
    # A line joins its points in the order given.
    x = np.sort(X)
    axes.plot(x, np.column_stack([basis(x) for basis in f]) @ beta, color="red", label="fit")
    axes.set_xlabel("x")
    axes.set_ylabel("y")
    axes.legend()
    return axes
