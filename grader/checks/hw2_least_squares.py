"""HW2 Q1: least squares."""

from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from grader.checks.support import pictures
from grader.checks.support.compare import FLOAT32, FLOAT64, Tolerance, agree, close, holds
from grader.checks.support.fit_laws import (
    FITS,
    are_among,
    basis_coefficients,
    basis_fit,
    drawing,
    fitted,
    functions_of,
    marked,
    must_be_orthogonal,
    must_be_the_curve,
    must_be_the_fit,
    must_be_the_points,
    points,
    same_drawing,
)
from grader.checks.support.laws import as_scalars
from grader.checks.support.least_squares_oracle import (
    EPS,
    BasisData,
    basis_data,
    by_hand,
    by_normal_equations,
    parabola,
    parabola_data,
    power_data,
    power_law,
    solution,
)
from grader.checks.support.policies import keep_call_rules
from grader.checks.support.policies import test_allowed_imports as test_allowed_imports
from grader.checks.support.policies import test_comments as test_comments
from grader.checks.support.policies import test_pep8 as test_pep8
from grader.checks.support.purity import unchanged
from grader.checks.support.strategies import (
    Regression,
    decimals,
    dependent_regressions,
    near_dependences,
    regressions,
    seeds,
)
from grader.engine.entry import Entry
from grader.engine.proxy import SubmissionProxy

# --- (a) ---------------------------------------------------------------------------------------


def quadratic(submission: SubmissionProxy, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The submission's (a, b, c)."""
    return as_scalars(submission.quadratic_fit(x, y), 3, "quadratic_fit(x, y)")


# farther off, Cramer's rule keeps too few digits to tell it from a wrong answer
@given(data=parabola_data())
def test_quadratic_is_the_polynomial_fit(
    submission: SubmissionProxy, entry: Any, data: Any
) -> None:
    x, y = data
    value, after = submission.observe("quadratic_fit", x, y)
    expected = parabola(x, y)
    line = np.polyfit(x, y, 1)
    got = as_scalars(value, 3, "quadratic_fit(x, y)")
    entry.draw(
        pictures.fit(
            "The parabola through the data",
            data,
            lambda x: np.polyval(got, x),
            lambda x: np.polyval(expected, x),
        )
    )
    agree(
        got,
        expected,
        by_hand(x),
        law="(a, b, c) must be the least squares fit of a x^2 + b x + c",
        mistakes={
            "the order is a, b, c: the coefficient of x^2 comes first": expected[::-1],
            "this is the straight line: the x^2 term is missing": np.array([0.0, *line]),
            "these belong to x less its mean: expand them again": lambda: parabola(x - x.mean(), y),
            "the constant term c is missing from the design": lambda: np.append(
                solution(np.vander(x, 3)[:, :2], y), 0.0
            ),
        },
    )
    unchanged("quadratic_fit", after, x, y)


@given(
    data=parabola_data(max_offset=1),
    whole=st.tuples(*[st.integers(-5, 5)] * 3),
    factor=st.sampled_from([2.0, -3.0, 0.5]),
)
def test_quadratic_is_equivariant(
    submission: SubmissionProxy, data: Any, whole: Any, factor: Any
) -> None:
    x, y = data
    a, b, c = whole
    base = quadratic(submission, x, y)
    agree(
        quadratic(submission, x, factor * y + (a * x**2 + b * x + c)),
        factor * base + np.array(whole),
        by_normal_equations(x).times(10, "a difference of two fits"),
        law=f"fitting {factor:g} y + ({a} x^2 + {b} x + {c}) must give {factor:g} times the fit of"
        f" y plus ({a}, {b}, {c})",
    )


@given(data=parabola_data(max_offset=1), whole=st.tuples(*[st.integers(-5, 5)] * 3))
def test_quadratic_recovers_a_parabola(submission: SubmissionProxy, data: Any, whole: Any) -> None:
    x, _ = data
    a, b, c = whole
    agree(
        quadratic(submission, x, a * x**2 + b * x + c),
        np.array(whole, dtype=np.float64),
        by_normal_equations(x).times(10, "coefficients up to 5 where the fit may be 0"),
        law=f"points on {a} x^2 + {b} x + {c} must give back exactly these coefficients",
        mistakes={"the order is a, b, c: x^2 first": np.array(whole[::-1], dtype=np.float64)},
    )


# --- (b) ---------------------------------------------------------------------------------------


LAW = "beta must minimise the sum of squared residuals, intercept first"


@given(data=regressions())
def test_normal_equation_agrees_with_svd(submission: SubmissionProxy, data: Any) -> None:
    must_be_the_fit(submission, "normal_equation", data, LAW)


@given(data=regressions())
def test_pinv_agrees_with_svd(submission: SubmissionProxy, data: Any) -> None:
    must_be_the_fit(submission, "pinv_fit", data, LAW)


@given(data=regressions())
def test_lstsq_agrees_with_svd(submission: SubmissionProxy, data: Any) -> None:
    must_be_the_fit(submission, "lstsq_fit", data, LAW)


@given(data=regressions(), noise=seeds(99))
def test_fits_are_equivariant(submission: SubmissionProxy, data: Any, noise: Any) -> None:
    rng = np.random.default_rng(noise)
    gamma = rng.integers(1, 4, data.design.shape[1]).astype(np.float64)
    order = rng.permutation(len(data.y))
    factor = float(rng.choice([-2.0, 0.5, 3.0]))
    widths = rng.choice([0.5, 2.0, 10.0], data.X.shape[1])
    changed = Regression((data.X * widths)[order], (factor * data.y + data.design @ gamma)[order])
    for function in FITS:
        base = fitted(submission, function, data)
        agree(
            fitted(submission, function, changed),
            (factor * base + gamma) / np.append(1.0, widths),
            FLOAT64.times(100, "two fits, and features of up to 10 times the size"),
            law=f"{function}: when the rows are permuted, the columns of X scaled by s and y"
            " replaced by c y + A gamma, beta must become (c beta + gamma) / s",
        )


@given(data=regressions())
def test_residual_is_orthogonal(submission: SubmissionProxy, data: Any) -> None:
    for function in FITS:
        law = (
            f"{function}: the residual y - A beta must be orthogonal to every column of A = [1, X]"
        )
        must_be_orthogonal(data.design, data.y, fitted(submission, function, data), law)


@given(data=near_dependences())
def test_fits_survive_near_dependence(submission: SubmissionProxy, data: Any) -> None:
    kappa = data.condition
    squared = Tolerance(50 * EPS * kappa**2, 1e-12, "A^T A has the squared condition number")
    once = Tolerance(50 * EPS * kappa, 1e-12, "an SVD of A has the condition number of A")
    expected = np.round(solution(data.design, data.y))
    for function in FITS:
        beta = fitted(submission, function, data)
        tolerance = squared if function == "normal_equation" else once
        hint = None
        if close(beta, expected, squared, evidence=False):
            hint = "the condition number was squared: go through A itself, not through A^T A"
        elif close(
            beta, solution(data.design, data.y, rank=len(beta) - 1), FLOAT32, evidence=False
        ):
            hint = "the smallest singular value of A was cut off: rcond is too large"
        holds(
            close(beta, expected, tolerance),
            law=f"{function}: y = A beta without noise, A of condition {kappa:.0e}: beta must come"
            f" back with a relative error of at most {tolerance.rtol:.0e}",
            got=beta,
            expected=expected,
            hint=hint,
        )


@given(data=dependent_regressions())
def test_minimum_norm_at_rank_deficiency(submission: SubmissionProxy, data: Any) -> None:
    expected = solution(data.design, data.y)
    for function in FITS[1:]:
        agree(
            fitted(submission, function, data),
            expected,
            FLOAT64,
            law=f"{function}: the columns of A = [1, X] depend on each other, so beta must be the"
            " least squares solution of the smallest norm",
        )


@given(data=regressions(), weights=seeds(99))
def test_predict_is_the_linear_model(submission: SubmissionProxy, data: Any, weights: Any) -> None:
    beta = decimals(np.random.default_rng(weights), data.design.shape[1], scale=3.0)
    got, after = submission.observe("predict", data.X, beta)
    agree(
        got,
        data.design @ beta,
        FLOAT64,
        law="predict(X, beta) must be beta[0] + X @ beta[1:], one value per row",
        mistakes={
            "the intercept is the first entry of beta, not the last": (
                data.X @ beta[:-1] + beta[-1]
            ),
            "the intercept is left out": data.X @ beta[1:],
        },
    )
    unchanged("predict", after, data.X, beta)


def test_each_fit_uses_its_own_method(submission: SubmissionProxy, entry: Entry) -> None:
    data = Regression(np.array([[0.0], [1.0], [3.0]]), np.array([1.0, 3.0, 8.0]))
    for function in FITS:
        must_be_the_fit(submission, function, data, LAW)
    keep_call_rules(submission, entry, submission.outline())


# --- (c) ---------------------------------------------------------------------------------------


def power(submission: SubmissionProxy, X: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The submission's (alpha, beta)."""
    return as_scalars(submission.my_func_fit(X, y), 2, "my_func_fit(X, y)")


@given(data=power_data())
def test_power_law_is_the_log_log_fit(submission: SubmissionProxy, entry: Any, data: Any) -> None:
    X, y = data
    value, after = submission.observe("my_func_fit", X, y)
    alpha, beta = power_law(X, y)
    semi = np.polyfit(X, np.log(y), 1)
    got = as_scalars(value, 2, "my_func_fit(X, y)")
    entry.draw(
        pictures.fit(
            "The power law is a straight line in logarithms",
            (np.log(X), np.log(y)),
            lambda u: np.log(got[0]) + got[1] * u,
            lambda u: np.log(alpha) + beta * u,
            ("ln x", "ln y"),
        )
    )
    agree(
        got,
        np.array([alpha, beta]),
        FLOAT64,
        law="alpha x^beta must be the least squares fit of log y against log X",
        mistakes={
            "the order is alpha, beta: the factor first, then the exponent": np.array(
                [beta, alpha]
            ),
            "this is log alpha: undo the logarithm": np.array([np.log(alpha), beta]),
            "logarithm and exponential are of different bases": np.array(
                [alpha ** (1 / np.log(10)), beta]
            ),
            "X is not in logarithms: this is an exponential, not a power": np.array(
                [np.exp(semi[1]), semi[0]]
            ),
            "the intercept log alpha is missing from the fit": lambda: np.array(
                [1.0, np.log(X) @ np.log(y) / (np.log(X) @ np.log(X))]
            ),
        },
    )  # fmt: skip
    unchanged("my_func_fit", after, X, y)


@given(
    data=power_data(),
    alpha=st.sampled_from([0.5, 1.0, 2.0, 3.0]),
    beta=st.sampled_from([-2.0, -0.5, 0.0, 0.3, 1.0, 3.0]),
)
def test_power_law_is_recovered(
    submission: SubmissionProxy, data: Any, alpha: Any, beta: Any
) -> None:
    X, _ = data
    agree(
        power(submission, X, alpha * X**beta),
        np.array([alpha, beta]),
        FLOAT64,
        law=f"points on {alpha:g} x^{beta:g} must give back alpha = {alpha:g}, beta = {beta:g}",
    )


@given(data=power_data(), c=st.sampled_from([0.5, 2.0, 5.0]))
def test_power_law_scales(submission: SubmissionProxy, data: Any, c: Any) -> None:
    X, y = data
    alpha, beta = base = power(submission, X, y)
    twice = FLOAT64.times(10, "two fits")
    agree(
        base, power_law(X, y), twice, law="the fit must be the least squares one in log-log space"
    )
    agree(
        power(submission, X, c * y),
        np.array([c * alpha, beta]),
        twice,
        law=f"multiplying y by {c:g} must multiply alpha by {c:g} and leave beta alone",
    )
    agree(
        power(submission, c * X, y),
        np.array([alpha * c**-beta, beta]),
        twice,
        law=f"multiplying X by {c:g} must multiply alpha by {c:g}^-beta and leave beta alone",
    )


# --- (d) ---------------------------------------------------------------------------------------


@given(data=basis_data())
def test_basis_fit_agrees_with_svd(submission: SubmissionProxy, entry: Any, data: Any) -> None:
    value, after = submission.observe("my_lin_regression", functions_of(data), data.X, data.y)
    expected = solution(data.design, data.y)
    with_ones = np.column_stack([data.design, np.ones(len(data.X))])
    got = basis_coefficients(value, data)
    entry.draw(
        pictures.fit(
            f"The fit on the basis {', '.join(data.names)}",
            (data.X, data.y),
            lambda x: data.at(x) @ got,
            lambda x: data.at(x) @ expected,
        )
    )
    agree(
        got,
        expected,
        FLOAT64,
        law="beta must minimise the sum of squared residuals of beta_1 f_1(x) + ... + beta_n"
        " f_n(x)",
        mistakes={
            "the coefficients come in the order of f": expected[::-1],
            "an intercept was fitted besides: f is the whole basis": lambda: solution(
                with_ones, data.y
            )[:-1],
            "y was centred first, which is an intercept in disguise": lambda: solution(
                data.design, data.y - data.y.mean()
            ),
            "each function was fitted alone: they must be fitted together": (
                data.design.T @ data.y / np.sum(data.design**2, axis=0)
            ),
        },
    )
    unchanged("my_lin_regression", after[1:], data.X, data.y)


@given(data=basis_data(), whole=seeds(99))
def test_basis_fit_recovers_coefficients(
    submission: SubmissionProxy, data: Any, whole: Any
) -> None:
    beta = np.random.default_rng(whole).integers(1, 7, len(data.names)).astype(np.float64)
    agree(
        basis_fit(submission, replace(data, y=data.design @ beta)),
        beta,
        FLOAT64,
        law="y = beta_1 f_1(x) + ... + beta_n f_n(x) without noise must give back beta",
        mistakes={"the coefficients come in the order of f": beta[::-1]},
    )


@given(data=basis_data(min_functions=2), shift=st.integers(1, 3))
def test_basis_order_is_kept(submission: SubmissionProxy, data: Any, shift: Any) -> None:
    turned = replace(data, names=tuple(np.roll(data.names, shift).tolist()))
    first, second = basis_fit(submission, data), basis_fit(submission, turned)
    agree(
        second,
        np.roll(first, shift),
        FLOAT64.times(10, "two fits"),
        law="the same functions in another order must give the same coefficients in that order",
    )
    agree(
        data.design @ first,
        data.design @ solution(data.design, data.y),
        FLOAT64.times(10, "a fit and its prediction"),
        law="the fitted values must be the projection of y on the basis",
    )


@given(data=basis_data())
def test_basis_residual_is_orthogonal(submission: SubmissionProxy, data: Any) -> None:
    law = "the residual must be orthogonal to every basis function on the points"
    must_be_orthogonal(data.design, data.y, basis_fit(submission, data), law)


@given(data=basis_data(max_functions=3), weights=seeds(99))
def test_plot_shows_every_point(submission: SubmissionProxy, data: Any, weights: Any) -> None:
    beta = decimals(np.random.default_rng(weights), len(data.names))
    _, shown = drawing(submission, data, beta)
    must_be_the_points(shown, data)


@given(data=basis_data(max_functions=3), weights=seeds(99))
def test_plot_curve_is_the_fit(
    submission: SubmissionProxy, entry: Any, data: Any, weights: Any
) -> None:
    # so that a grid with a step of 0.05 leaves out no more than a curve may
    assume(np.ptp(data.X) >= 1)
    beta = decimals(np.random.default_rng(weights), len(data.names))
    _, shown = drawing(submission, data, beta)
    must_be_the_curve(shown, data, beta, entry)


@given(data=basis_data(max_functions=2), other=basis_data(max_functions=2))
def test_each_plot_is_fresh(submission: SubmissionProxy, data: Any, other: Any) -> None:
    assume(not are_among(points(data), points(other)))
    beta = np.ones(len(data.names))
    _, after = submission.observe("regression_plot", functions_of(data), data.X, data.y, beta)
    unchanged("regression_plot", after[1:], data.X, data.y, beta)
    first, before = drawing(submission, data, beta)
    _, second = drawing(submission, other, np.ones(len(other.names)))
    for shown, own in ((before, data), (second, other)):
        count = len(marked(shown))
        holds(
            count >= len(own.X),
            law="each call must draw on a fresh figure, where its own points are",
            got=f"{count} points",
            expected=f"{len(own.X)} points",
        )
    # What else a call draws of its own data, residuals or fitted values, is up to the student.
    both = are_among(points(data), marked(second))
    holds(
        not both and same_drawing(before, first.describe()),
        law="each call must draw on a fresh figure, where only its own points are",
        got="the points of the call before" if both else "the first plot, changed by the second",
        hint="make a figure with plt.subplots(); plt.gca() is the one of the call before",
    )


def test_plot_is_not_shown(submission: SubmissionProxy, entry: Entry) -> None:
    data = BasisData(("sin",), np.array([0.0, 1.0]), np.array([0.5, 1.0]))
    _, shown = drawing(submission, data, np.ones(1))
    must_be_the_points(shown, data)
    keep_call_rules(submission, entry, submission.outline())
