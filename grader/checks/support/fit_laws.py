"""What linear fits and their drawings are judged by."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from grader.checks.support import pictures
from grader.checks.support.compare import (
    FLOAT64,
    Tolerance,
    agree,
    as_coefficients,
    close,
    holds,
)
from grader.checks.support.drawings import described
from grader.checks.support.least_squares_oracle import BasisData, solution
from grader.checks.support.purity import unchanged
from grader.checks.support.strategies import Regression
from grader.figures import Chart
from grader.sandbox import kits

FITS = ("normal_equation", "pinv_fit", "lstsq_fit")
END = 0.05
"""How much of the data's range a curve may leave out at each end."""


def coefficients(value: object, data: Regression, function: str) -> np.ndarray:
    """The n + 1 coefficients; n of them are explained."""
    holds(
        type(value) is not tuple,
        law=f"{function}(X, y) has the wrong type: one array, the coefficients, is asked for",
        got=value,
        hint="np.linalg.lstsq returns four things, the solution first",
    )
    n = data.X.shape[1]
    law = "one coefficient per feature and the intercept"
    hints = {
        (n,): "the intercept is missing: the design needs a column of ones",
        (n + 1, 1): "a vector of shape (n + 1,) is asked for, not a column",
    }
    return as_coefficients(value, n + 1, f"{function}(X, y)", law, hints)


def fitted(submission: Any, function: str, data: Regression) -> np.ndarray:
    """The coefficients of one of the three fits."""
    return coefficients(submission.call(function, data.X, data.y), data, function)


def must_be_the_fit(submission: Any, function: str, data: Regression, law: str) -> None:
    """One call of one fit: its coefficients and its inputs afterwards."""
    value, after = submission.observe(function, data.X, data.y)
    expected = solution(data.design, data.y)
    agree(
        coefficients(value, data, function),
        expected,
        FLOAT64,
        law=f"{function}: {law}",
        mistakes={
            "the intercept comes first in beta": np.roll(expected, -1),
            "the design has no column of ones: an intercept of 0 is not the least squares one": (
                lambda: np.append(0.0, solution(data.X, data.y))
            ),
            "the intercept is not the mean of y: it belongs to x = 0": np.append(
                data.y.mean(), expected[1:]
            ),
        },
    )
    unchanged(function, after, data.X, data.y)


def functions_of(data: BasisData) -> list[Any]:
    """The basis functions as kits."""
    return [kits.basis(name) for name in data.names]


def basis_coefficients(value: object, data: BasisData) -> np.ndarray:
    """One coefficient per basis function; one more is explained."""
    n = len(data.names)
    hints = {(n + 1,): "no intercept is added: a constant is there only when f has one"}
    law = "one coefficient per basis function"
    return as_coefficients(value, n, "my_lin_regression(f, X, y)", law, hints)


def basis_fit(submission: Any, data: BasisData) -> np.ndarray:
    """The coefficients of the regression on basis functions."""
    value = submission.my_lin_regression(functions_of(data), data.X, data.y)
    return basis_coefficients(value, data)


def must_be_orthogonal(design: np.ndarray, y: np.ndarray, beta: np.ndarray, law: str) -> None:
    """The residual of the fit is at right angles to every column of the design."""
    scale = float(np.linalg.norm(design) * (np.linalg.norm(y) + 1.0))
    agree(
        design.T @ (y - design @ beta),
        np.zeros(len(beta)),
        Tolerance(0.0, 1e-9 * scale, "float64, relative to |A| |y|"),
        law=law,
    )


def drawing(submission: Any, data: BasisData, beta: np.ndarray) -> tuple[Any, Mapping[str, Any]]:
    """The plot of one call: the object kept in the worker, and what it shows."""
    axes = submission.keep("regression_plot", functions_of(data), data.X, data.y, beta)
    return axes, described(axes, "regression_plot", "axes")


def point_sets(shown: Mapping[str, Any]) -> list[np.ndarray]:
    """Every set of markers: scatters, and lines that have markers only."""
    sets = [part["xy"] for part in shown["scatters"]]
    for line in shown["lines"]:
        if has_markers_only(line):
            sets.append(np.column_stack([line["x"], line["y"]]))
    return sets


def has_markers_only(line: Mapping[str, Any]) -> bool:
    """Whether a line of matplotlib joins nothing."""
    return line["linestyle"].strip().lower() in ("", "none")


def by_rows(points: np.ndarray) -> np.ndarray:
    """Points in an order that does not depend on how they were given."""
    return points[np.lexsort(points.T)]


def points(data: BasisData) -> np.ndarray:
    """The points of the data, (m, 2)."""
    return np.column_stack([data.X, data.y])


def marked(shown: Mapping[str, Any]) -> np.ndarray:
    """All points with a marker, (n, 2)."""
    return np.vstack([np.empty((0, 2)), *point_sets(shown)])


def are_among(few: np.ndarray, many: np.ndarray) -> bool:
    """Whether each of these points is one of those, to three decimals; the data have one."""
    return all(bool((np.abs(many - point) < 5e-4).all(axis=1).any()) for point in few)


def same_drawing(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether the lines and scatters of two descriptions go through the same points."""
    first, second = list(_paths(one)), list(_paths(other))
    return len(first) == len(second) and all(
        np.array_equal(a, b, equal_nan=True) for a, b in zip(first, second, strict=True)
    )


def _paths(shown: Mapping[str, Any]) -> Iterator[np.ndarray]:
    for line in shown["lines"]:
        yield np.column_stack([line["x"], line["y"]])
    for part in shown["scatters"]:
        yield part["xy"]


def must_be_the_points(shown: Mapping[str, Any], data: BasisData) -> None:
    """The scatter holds the data, in any order."""
    sets = point_sets(shown)
    holds(bool(sets), law="regression_plot must show the data as a scatter", got="no scatter")
    wanted = by_rows(points(data))
    swapped = by_rows(wanted[:, ::-1])
    holds(
        any(close(by_rows(found), wanted, FLOAT64) for found in [*sets, np.vstack(sets)]),
        law="the scatter must hold every point (x_i, y_i), and nothing else",
        got=sets[0],
        expected=wanted,
        hint="x and y are swapped"
        if any(close(by_rows(found), swapped, FLOAT64) for found in sets)
        else None,
    )


def must_be_the_curve(
    shown: Mapping[str, Any], data: BasisData, beta: np.ndarray, entry: Any
) -> None:
    """The longest line is the curve of beta, from left to right over all the data."""
    lines = [line for line in shown["lines"] if not has_markers_only(line)]
    holds(bool(lines), law="regression_plot must draw the fitted curve as a line", got="no line")
    line = max(lines, key=lambda line: len(line["x"]))
    x, y = line["x"], line["y"]
    fine = np.linspace(data.X.min(), data.X.max(), pictures.GRID)
    curves = (
        pictures.series("beta on the basis", fine, data.at(fine) @ beta, "reference"),
        pictures.series("the line that you drew", x, y),
        pictures.series("data", data.X, data.y, "data", joined=False),
    )
    entry.draw(Chart("The line of your plot, drawn again", "x", "y", curves))
    agree(
        y,
        data.at(x) @ beta,
        FLOAT64.times(10, "a sum of up to three functions"),
        law="the curve must be beta_1 f_1(x) + ... + beta_n f_n(x) with the beta that was given",
        mistakes={
            "beta was not used": data.at(x).sum(axis=1),
            "this is the least squares fit of the data: draw the beta that was given": lambda: (
                data.at(x) @ solution(data.design, data.y)
            ),
            "only the first basis function was drawn": data.at(x)[:, 0] * beta[0],
            "the coefficients belong to the functions in their order": data.at(x) @ beta[::-1],
        },
    )
    holds(
        bool(np.all(np.diff(x) >= 0)),
        law="the curve must be drawn from left to right: a line joins its points in their order",
        got=x,
        hint="sort X, or use a grid, before drawing",
    )
    wanted = data.design @ beta
    coarse = Tolerance(0.02, 0.1 * float(np.ptp(wanted)), "between the places of a drawn curve")
    # np.arange(X.min(), X.max(), step) ends a step short of the data
    short = END * float(np.ptp(data.X))
    spans = x[0] <= data.X.min() + short and x[-1] >= data.X.max() - short
    holds(
        bool(spans) and close(np.interp(data.X, x, y), wanted, coarse),
        law="the curve must span the data and be fine enough to follow the fit at every point",
        got=f"{len(x)} places from {x[0]:.3g} to {x[-1]:.3g}",
        expected=f"places from {data.X.min():.3g} to {data.X.max():.3g}",
    )
