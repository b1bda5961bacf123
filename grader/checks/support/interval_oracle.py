"""Oracles of interval bounds and certified radii, in numpy float64: bounds by W+ and W-."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from grader.checks.support.robustness_oracle import Layers, preactivations, with_own_labels
from grader.checks.support.strategies import Network

Bounds = list[tuple[np.ndarray, np.ndarray]]


def interval_bounds(layers: Layers, x: np.ndarray, epsilon: float | np.ndarray) -> Bounds:
    """The input box and the bounds of every layer before its activation."""
    box = (np.maximum(0.0, x - epsilon), np.minimum(1.0, x + epsilon))
    return [box, *_onward(layers, *box, _relu_both)]


def _relu_both(lower: np.ndarray, upper: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.maximum(lower, 0.0), np.maximum(upper, 0.0)


def wrong_bounds(net: Network, epsilon: float) -> dict[str, Bounds]:
    """Known wrong answers of `bound_propagation`, by what is wrong with them."""
    right = interval_bounds(net.layers, net.x, epsilon)
    wide = [(net.x - epsilon, net.x + epsilon)]
    swapped = [(upper, lower) for lower, upper in right]
    after = [right[0], *(_relu_both(*pair) for pair in right[1:])]
    return {
        "lower and upper are swapped": swapped,
        "the input box must be cut to the pixel range [0, 1]": (
            wide + _onward(net.layers, *wide[0], _relu_both)
        ),
        "these are the bounds after ReLU: those before the activation are asked for": after,
        "there is a ReLU between the layers: apply it to the bounds before the next layer": (
            right[:1] + _onward(net.layers, *right[0], lambda low, high: (low, high))
        ),
        "ReLU belongs on the upper bound too": (
            right[:1]
            + _onward(net.layers, *right[0], lambda low, high: (np.maximum(low, 0.0), high))
        ),
        "ReLU belongs on the lower bound too": (
            right[:1]
            + _onward(net.layers, *right[0], lambda low, high: (low, np.maximum(high, 0.0)))
        ),
        "a negative weight takes its lower bound from the upper end of its input": _naive(
            net, epsilon
        ),
        "the bias is missing": interval_bounds(
            [(weight, 0.0 * bias) for weight, bias in net.layers], net.x, epsilon
        ),
    }


def _onward(
    layers: Layers,
    lower: np.ndarray,
    upper: np.ndarray,
    activation: Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]],
) -> Bounds:
    """The bounds of all layers from a box, with an activation of one's own between them."""
    bounds: Bounds = []
    for weight, bias in layers:
        if bounds:
            lower, upper = activation(lower, upper)
        positive, negative = np.maximum(weight, 0.0).T, np.minimum(weight, 0.0).T
        lower, upper = (
            lower @ positive + upper @ negative + bias,
            upper @ positive + lower @ negative + bias,
        )
        bounds.append((lower, upper))
    return bounds


def _naive(net: Network, epsilon: float) -> Bounds:
    """Both ends of the box sent through the network, as if all weights were positive."""
    low, high = interval_bounds([], net.x, epsilon)[0]
    ends = zip(preactivations(net.layers, low), preactivations(net.layers, high), strict=True)
    return [(low, high), *ends]


Rivals = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Which numbers of the others count, from the lower and the upper bounds of the logits."""


def margins(
    layers: Layers,
    x: np.ndarray,
    y: np.ndarray,
    epsilon: float | np.ndarray,
    rivals: Rivals = lambda lower, upper: upper,
) -> np.ndarray:
    """By how much the lower bound of the true logit exceeds the others' upper bounds, (m,).

    `epsilon` is one radius, or a column (m, 1) with one per example.
    """
    lower, upper = interval_bounds(layers, x, epsilon)[-1]
    rows = np.arange(len(y))
    others = rivals(lower, upper).copy()
    others[rows, y] = -np.inf
    found: np.ndarray = lower[rows, y] - others.max(axis=1)
    return found


def certified(net: Network, epsilons: Sequence[float]) -> tuple[list[float | None], float]:
    """The exhaustive answer: every radius tried on every example; and the smallest |margin| met."""
    table = np.array([margins(net.layers, net.x, net.y, epsilon) for epsilon in epsilons])
    return _largest(epsilons, table), float(np.abs(table).min(initial=np.inf))


def _largest(epsilons: Sequence[float], table: np.ndarray) -> list[float | None]:
    """The last radius at which each example has a positive margin; a row per radius."""
    answer: list[float | None] = [None] * table.shape[1]
    for epsilon, row in zip(epsilons, table, strict=True):
        answer = [epsilon if m > 0 else old for m, old in zip(row, answer, strict=True)]
    return answer


def wrong_radii(
    net: Network, epsilons: Sequence[float]
) -> Iterator[tuple[str, list[float | None]]]:
    """Known wrong answers of `binary_search`, by what is wrong with them."""
    right, _ = certified(net, epsilons)
    never_none: list[float | None] = [epsilons[0] if radius is None else radius for radius in right]
    yield "an example whose smallest epsilon is not certified gets None", never_none
    smallest = min(right, key=lambda radius: radius or 0.0)
    for_all = [smallest] * len(right)
    yield "each example has an epsilon of its own, not one for the whole batch", for_all
    own, _ = certified(with_own_labels(net), epsilons)
    yield "y is the class to certify, not the one that the network gives", own

    def by(rivals: Rivals) -> list[float | None]:
        rows = [margins(net.layers, net.x, net.y, epsilon, rivals) for epsilon in epsilons]
        return _largest(epsilons, np.array(rows))

    yield (
        "the others count with their upper bounds, not with their lower ones",
        by(lambda lower, upper: lower),
    )
    logits = preactivations(net.layers, net.x)[-1]
    logits[np.arange(len(net.y)), net.y] = -np.inf
    weaker = logits < logits.max(axis=1, keepdims=True)
    yield (
        "every other class is a rival, not only the strongest at the example itself",
        by(lambda lower, upper: np.where(weaker, -np.inf, upper)),
    )


@dataclass(frozen=True)
class Ladder:
    """One example for every answer that a search in a list of radii can give, in any order."""

    net: Network
    epsilons: list[float]
    expected: list[float | None]
    exact: np.ndarray
    """The largest radius at which each example is certified, between two of the list, (m,)."""


def ladder(length: int, classes: int, seed: int) -> Ladder:
    """A layer of which two logits are the two pixels: half their difference is the radius."""
    rng = np.random.default_rng(seed)
    step = 1.0 / 256
    order = rng.permutation(length + 1)
    gaps = 2 * step * (order + 0.5)
    x = np.column_stack([0.25 + gaps, np.full(length + 1, 0.25)])
    weight = np.zeros((classes, 2))
    true, rival, *others = rng.permutation(classes)
    weight[true, 0] = weight[rival, 1] = 1.0
    bias = np.full(classes, -9.0)
    bias[[true, rival]] = 0.0
    # The strongest rival at the example itself, whose bounds do not grow: it decides nothing.
    bias[others[:1]] = 0.25 + step / 4
    net = Network(((weight, bias),), x, np.full(length + 1, true))
    epsilons = [step * (k + 1) for k in range(length)]
    expected = [None if k == 0 else epsilons[k - 1] for k in order]
    return Ladder(net, epsilons, expected, gaps / 2)


def corners(x: np.ndarray, epsilon: float) -> np.ndarray:
    """All 2^n corners (2^n, m, n) of the boxes around x within [0, 1]."""
    ends = np.array(list(product((-1.0, 1.0), repeat=x.shape[1])))
    return np.clip(x + epsilon * ends[:, None, :], 0.0, 1.0)


def certified_radius(net: Network) -> float:
    """The radius up to which every example is certified, by bisection of the reals."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        certain = bool(np.all(margins(net.layers, net.x, net.y, middle) > 0))
        low, high = (middle, high) if certain else (low, middle)
    return low


def random_points(
    rng: np.random.Generator, x: np.ndarray, epsilon: float, count: int
) -> np.ndarray:
    """Points (count, m, n) of the boxes around x within [0, 1]: half inside, half corners."""
    shift = rng.uniform(-1.0, 1.0, (count, *x.shape))
    shift[count // 2 :] = np.sign(shift[count // 2 :])
    return np.clip(x + epsilon * shift, 0.0, 1.0)


def ascent_points(net: Network, epsilon: float, layer: int, sign: float) -> np.ndarray:
    """Points (units, m, n) found by sign steps that push each unit of a layer up or down."""
    low, high = np.maximum(0.0, net.x - epsilon), np.minimum(1.0, net.x + epsilon)
    units = len(net.layers[layer][1])
    points = np.repeat(net.x[None], units, axis=0)
    for _ in range(3):
        for unit in range(units):
            direction = _unit_gradient(net.layers[: layer + 1], points[unit], unit)
            points[unit] = np.clip(points[unit] + sign * epsilon * np.sign(direction), low, high)
    return points


def _unit_gradient(layers: Layers, x: np.ndarray, unit: int) -> np.ndarray:
    outputs = preactivations(layers, x)
    back = np.zeros_like(outputs[-1])
    back[:, unit] = 1.0
    for (weight, _), before in zip(layers[:0:-1], outputs[-2::-1], strict=True):
        back = (back @ weight) * (before > 0)
    gradient: np.ndarray = back @ layers[0][0]
    return gradient
