"""The perceptron's points leave no product to rounding that right programs must agree on."""

from fractions import Fraction
from itertools import product

import pytest

from grader.checks.support.separable import AWAY, PLANE

Vector = tuple[Fraction, Fraction]
DIRECTIONS: list[Vector] = sorted(
    {
        (sign_x * Fraction(str(x)), sign_y * Fraction(str(y)))
        for (x, y), sign_x, sign_y in product(PLANE.tolist(), (1, -1), (1, -1))
    }
)


def test_the_short_decimals_have_length_1() -> None:
    assert all(_product(point, point) == 1 for point in DIRECTIONS)


@pytest.mark.parametrize("planted", DIRECTIONS, ids=lambda p: f"{float(p[0])},{float(p[1])}")
def test_no_run_in_the_plane_meets_a_zero_that_rounding_may_hide(planted: Vector) -> None:
    # Each point times its label, all that may be drawn: fewer of them have no other runs.
    points = [p for p in DIRECTIONS if _product(planted, p) >= Fraction(str(AWAY))]
    reached = {(Fraction(0), Fraction(0))}
    updates = 0
    while reached:
        for w, point in product(reached, points):
            # Two products of which each is 0 are rounded nowhere.
            assert _product(w, point) != 0 or w[0] * point[0] == 0, (w, point)
        # A run takes any of its mistakes next, until there is none.
        reached = {
            (w[0] + point[0], w[1] + point[1])
            for w, point in product(reached, points)
            if _product(w, point) <= 0
        }
        updates += 1
    assert 2 <= updates <= 1 / AWAY**2


def _product(w: Vector, point: Vector) -> Fraction:
    return w[0] * point[0] + w[1] * point[1]
