"""HW2 Q1: least squares"""

from collections.abc import Callable, Sequence

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
    raise NotImplementedError("HW2 Q1 (a)")


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
    raise NotImplementedError("HW2 Q1 (b)")


def pinv_fit(X: Array, y: Array) -> Array:
    """Linear regression with an intercept through ``np.linalg.pinv``.

    Args:
        X: features, float64 of shape ``(m, n)``; columns may depend on each other.
        y: targets, float64 of shape ``(m,)``.

    Returns:
        ``beta``, float64 of shape ``(n + 1,)``, the intercept first. Where many coefficients fit
        equally well, those of the smallest Euclidean norm.
    """
    raise NotImplementedError("HW2 Q1 (b)")


def lstsq_fit(X: Array, y: Array) -> Array:
    """Linear regression with an intercept through ``np.linalg.lstsq``.

    Args:
        X: features, float64 of shape ``(m, n)``; columns may depend on each other.
        y: targets, float64 of shape ``(m,)``.

    Returns:
        ``beta``, float64 of shape ``(n + 1,)``, the intercept first. Where many coefficients fit
        equally well, those of the smallest Euclidean norm.
    """
    raise NotImplementedError("HW2 Q1 (b)")


def predict(X: Array, beta: Array) -> Array:
    """Values of a fitted linear model.

    Args:
        X: features, float64 of shape ``(m, n)``.
        beta: coefficients as the three fits return them, float64 of shape ``(n + 1,)``.

    Returns:
        ``y_hat``, float64 of shape ``(m,)``, one prediction per row of ``X``.
    """
    raise NotImplementedError("HW2 Q1 (b)")


def my_func_fit(X: Array, y: Array) -> tuple[float, float]:
    """Fit of the power law ``y = alpha x^beta``, linear after taking logarithms of both sides.

    Args:
        X: places, positive, float64 of shape ``(m,)``, at least two of them distinct.
        y: measured values, positive, float64 of shape ``(m,)``.

    Returns:
        The scalars ``(alpha, beta)``, in this order, of the least squares fit in log-log space.
    """
    raise NotImplementedError("HW2 Q1 (c)")


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
    raise NotImplementedError("HW2 Q1 (d)")


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
    raise NotImplementedError("HW2 Q1 (d)")
