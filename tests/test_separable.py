"""The perceptron's points leave no product to rounding that right programs must agree on."""

from fractions import Fraction

from grader.checks.support.separable import PLANE

Vector = tuple[Fraction, Fraction]
UPDATES = 7


def test_a_run_on_the_short_decimals_meets_no_zero_that_rounding_may_hide() -> None:
    points = {
        (sign_x * Fraction(str(x)), sign_y * Fraction(str(y)))
        for x, y in PLANE.tolist()
        for sign_x in (1, -1)
        for sign_y in (1, -1)
    }
    assert all(x * x + y * y == 1 for x, y in points)
    # All runs: a sum of points, each of them a mistake at its time, and the points that it used.
    runs: set[tuple[Vector, frozenset[Vector]]] = {((Fraction(0), Fraction(0)), frozenset())}
    for _ in range(UPDATES):
        longer = set()
        for w, used in runs:
            for point in points:
                if (-point[0], -point[1]) not in used and _product(w, point) <= 0:
                    longer.add(((w[0] + point[0], w[1] + point[1]), used | {point}))
        runs = longer
        for w, used in runs:
            for point in points:
                if (-point[0], -point[1]) in used or _product(w, point) != 0:
                    continue
                # Two products of which each is 0 are rounded nowhere.
                assert w[0] * point[0] == 0, (w, point)


def _product(w: Vector, point: Vector) -> Fraction:
    return w[0] * point[0] + w[1] * point[1]
