"""HW5 P4 (written): the value of the GAN game and the discriminator that maximises it."""

import math
from dataclasses import dataclass

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import rel_entr, xlogy

from grader.checks.support.compare import (
    EXACT,
    FLOAT64,
    Tolerance,
    agree,
    as_array,
    as_float,
    at_least,
    holds,
)
from grader.checks.support.policies import test_allowed_imports as test_allowed_imports
from grader.checks.support.policies import test_calls as test_calls
from grader.checks.support.policies import test_comments as test_comments
from grader.checks.support.policies import test_pep8 as test_pep8
from grader.checks.support.purity import unchanged
from grader.checks.support.strategies import seeds
from grader.engine.proxy import SubmissionProxy

ROUNDING = Tolerance(1e-9, 1e-10, "float64: logarithms of numbers >= 1/40, at most 12 terms")


@dataclass(frozen=True)
class Game:
    """Two distributions over the same outcomes."""

    p: np.ndarray
    q: np.ndarray


@st.composite
def games(draw: st.DrawFn, *, zeros: bool = True) -> Game:
    """Pairs of up to six outcomes: `Game(p=[0.25, 0.75], q=[1.0, 0.0])`."""
    weight = st.integers(0 if zeros else 1, 6)
    pairs = draw(st.lists(st.tuples(weight, weight), min_size=1, max_size=6))
    p, q = np.array(pairs, dtype=float).T
    # A distribution needs some mass; the first outcome takes it.
    p[0] += p.sum() == 0
    q[0] += q.sum() == 0
    return Game(p / p.sum(), q / q.sum())


def discriminators(seed: int, game: Game, *, low: int = 1, high: int = 19) -> np.ndarray:
    """A discriminator in twentieths: `array([0.35, 0.9])`."""
    return np.random.default_rng(seed).integers(low, high + 1, len(game.p)) / 20


def value(game: Game, d: np.ndarray) -> float:
    """The grader's own V, with 0 ln 0 = 0."""
    return float(np.sum(xlogy(game.p, d) + xlogy(game.q, 1 - d)))


def gan_value(submission: SubmissionProxy, game: Game, d: np.ndarray) -> float:
    """The submission's V."""
    got, after = submission.observe("gan_value", game.p, game.q, d)
    unchanged("gan_value", after, game.p, game.q, d)
    return as_float(got, "gan_value(p_data, p_g, d)")


def optimal(submission: SubmissionProxy, game: Game, *, finite: bool = True) -> np.ndarray:
    """The submission's D*."""
    got, after = submission.observe("optimal_discriminator", game.p, game.q)
    unchanged("optimal_discriminator", after, game.p, game.q)
    what = "optimal_discriminator(p_data, p_g)"
    return as_array(got, game.p.shape, what, finite=finite)


@given(game=games(), seed=seeds(999))
def test_value_formula(submission: SubmissionProxy, game: Game, seed: int) -> None:
    d = discriminators(seed, game)
    # Where only one of the two can happen d may be sure of it, and 0 ln 0 counts as 0.
    d = np.where(game.q == 0, np.where(seed % 2, 1.0, d), d)
    d = np.where(game.p == 0, np.where(seed % 2, 0.0, d), d)
    got, p, q = gan_value(submission, game, d), game.p, game.q
    V = value(game, d)
    holds(
        not math.isnan(got),
        law="gan_value is not a number: 0 ln 0 counts as 0",
        got=got,
        expected=V,
        hint="numpy gives 0 * -inf = nan: leave out the outcomes of probability 0",
    )
    agree(
        got,
        V,
        FLOAT64,
        law="V is the sum over the outcomes of p ln d + q ln(1 - d)",
        mistakes={
            "this is the loss -V": -V,
            "a sum over the outcomes is asked for, not a mean": V / len(p),
            "the two terms are not halved": V / 2,
            "the natural logarithm is asked for, not base 2": V / math.log(2),
            "p_data goes with ln d and p_g with ln(1 - d), not the reverse": (
                float(np.sum(xlogy(q, d) + xlogy(p, 1 - d)))
            ),
            "the generator's term is missing": float(np.sum(xlogy(p, d))),
            "this is the generator's non-saturating form; V has ln(1 - d)": (
                float(np.sum(xlogy(p, d) - xlogy(q, d)))
            ),
            "V has ln(1 - d) in its second term, not ln d": float(np.sum(xlogy(p + q, d))),
        },
    )


@given(game=games(), seed=seeds(999), real=st.booleans())
def test_impossible_outcomes(
    submission: SubmissionProxy, game: Game, seed: int, real: bool
) -> None:
    d = discriminators(seed, game)
    agree(gan_value(submission, game, d), value(game, d), FLOAT64, law="V for d inside (0, 1)")
    happens = np.flatnonzero(game.p if real else game.q)
    d[happens[seed % len(happens)]] = 0.0 if real else 1.0
    case = "d = 0 meets p_data > 0" if real else "d = 1 meets p_g > 0"
    agree(
        gan_value(submission, game, d),
        -math.inf,
        EXACT,
        law=f"where {case}, V is -inf: d rules out something that happens",
        otherwise="nothing may stand in for -inf: d clipped, a small number added inside the"
        " logarithm or nan_to_num makes V finite",
    )


@given(game=games(zeros=False))
def test_optimum_is_the_share_of_real(submission: SubmissionProxy, game: Game) -> None:
    p, q = game.p, game.q
    agree(
        optimal(submission, game),
        p / (p + q),
        FLOAT64,
        law="the optimal discriminator is p_data / (p_data + p_g)",
        mistakes={
            "this is the share of fakes: the two are swapped": q / (p + q),
            "this is the ratio p_data / p_g; a probability is asked for": p / q,
            "this decides; a probability is asked for": (p > q).astype(float),
            "this is p_data alone": p,
        },
    )


@given(game=games())
def test_optimum_with_zeros(submission: SubmissionProxy, game: Game) -> None:
    # Every game gets an outcome of each kind: only real, only fake, neither.
    p = np.append(game.p, [0.25, 0.0, 0.0]) / 1.25
    q = np.append(game.q, [0.0, 0.25, 0.0]) / 1.25
    got = optimal(submission, Game(p, q), finite=False)
    total = p + q
    expected = np.where(total > 0, p / np.where(total > 0, total, 1), 0.5)
    cases = (
        ((p == 0) & (q == 0), "0.5 where both distributions are 0"),
        ((p > 0) & (q == 0), "1 where only the data can produce the outcome"),
        ((p == 0) & (q > 0), "0 where only the generator can produce the outcome"),
    )
    for where, law in cases:
        agree(
            got[where],
            expected[where],
            FLOAT64,
            law=f"the optimal discriminator is {law}",
        )
    agree(got, expected, FLOAT64, law="the optimal discriminator is p_data / (p_data + p_g)")


@given(game=games(), seed=seeds(999))
def test_optimum_beats_every_discriminator(
    submission: SubmissionProxy, game: Game, seed: int
) -> None:
    best = optimal(submission, game)
    rivals = [discriminators(seed, game), np.clip(best + 0.02, 0, 1), np.clip(best - 0.02, 0, 1)]
    holds(
        bool(np.all((best >= 0) & (best <= 1))),
        law="a discriminator's values are probabilities, in [0, 1]",
        got=best,
    )
    at_least(
        value(game, best) + ROUNDING.atol,
        max(value(game, rival) for rival in rivals),
        law="no other discriminator may have a larger value V than the optimal one",
    )


@given(game=games())
def test_value_at_the_optimum(submission: SubmissionProxy, game: Game) -> None:
    p, q = game.p, game.q
    middle = (p + q) / 2
    divergence = float(np.sum(rel_entr(p, middle) + rel_entr(q, middle))) / 2
    agree(
        gan_value(submission, game, optimal(submission, game)),
        2 * divergence - 2 * math.log(2),
        ROUNDING,
        law="V(D*) = 2 JSD(p_data, p_g) - 2 ln 2, with your gan_value at your optimum",
    )


@given(game=games(), first=seeds(999), second=seeds(999))
def test_value_is_concave(submission: SubmissionProxy, game: Game, first: int, second: int) -> None:
    d = discriminators(first, game)
    e = discriminators(second, game)
    between = gan_value(submission, game, (d + e) / 2)
    ends = gan_value(submission, game, d) + gan_value(submission, game, e)
    # The second derivative -p/d^2 - q/(1-d)^2 is at most -(p + q), whatever d is.
    curvature = float(np.sum((game.p + game.q) * (d - e) ** 2)) / 8
    at_least(
        between - ends / 2,
        curvature - ROUNDING.atol,
        law="V is concave in d: at the midpoint of two discriminators it lies above the mean of"
        " their values, by at least sum (p + q) (d - e)^2 / 8",
    )
