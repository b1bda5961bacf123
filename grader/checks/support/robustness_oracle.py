"""Oracles of attacks and interval bounds, in numpy float64: gradients by hand, W+ and W- bounds."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import product

import numpy as np

from grader.checks.support.strategies import Network

Layers = Sequence[tuple[np.ndarray, np.ndarray]]
Bounds = list[tuple[np.ndarray, np.ndarray]]


def preactivations(layers: Layers, x: np.ndarray) -> list[np.ndarray]:
    """What each layer gives before its activation; the last entry holds the logits."""
    outputs: list[np.ndarray] = []
    for weight, bias in layers:
        outputs.append(x @ weight.T + bias)
        x = np.maximum(outputs[-1], 0.0)
    return outputs


def losses(layers: Layers, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The cross entropy of each example, (m,)."""
    logits = preactivations(layers, x)[-1]
    top = logits.max(axis=1)
    total = top + np.log(np.exp(logits - top[:, None]).sum(axis=1))
    found: np.ndarray = total - logits[np.arange(len(y)), y]
    return found


def gradients(layers: Layers, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The gradient of each example's own cross entropy with respect to it, (m, n)."""
    outputs = preactivations(layers, x)
    logits = outputs[-1] - outputs[-1].max(axis=1, keepdims=True)
    back = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    back[np.arange(len(y)), y] -= 1.0
    for (weight, _), before in zip(layers[:0:-1], outputs[-2::-1], strict=True):
        back = (back @ weight) * (before > 0)
    gradient: np.ndarray = back @ layers[0][0]
    return gradient


def kink_distance(layers: Layers, x: np.ndarray) -> float:
    """How far the nearest hidden unit is from the kink of its ReLU."""
    hidden = preactivations(layers, x)[:-1]
    return min((float(np.abs(units).min()) for units in hidden), default=np.inf)


def clear_signs(gradient: np.ndarray) -> np.ndarray:
    """Where the sign of a gradient does not depend on rounding."""
    clear: np.ndarray = np.abs(gradient) > 1e-3 * np.abs(gradient).max(initial=0.0)
    return clear


def is_smooth(net: Network, x: np.ndarray) -> bool:
    """Whether the gradient at x is not zero everywhere and no hidden unit is near its kink."""
    size = np.abs(gradients(net.layers, x, net.y)).max(initial=0.0)
    return bool(size > 1e-3) and kink_distance(net.layers, x) > 1e-3


def has_clear_signs(net: Network) -> bool:
    """Whether the sign of every entry of the gradient at the examples is beyond rounding."""
    gradient = gradients(net.layers, net.x, net.y)
    return bool(np.all(clear_signs(gradient) | _dead(net, net.x)))


def accuracy(net: Network, x: np.ndarray) -> float:
    """The share of examples x that the network gives the label of."""
    return float(np.mean(preactivations(net.layers, x)[-1].argmax(axis=1) == net.y))


def is_decided(net: Network, x: np.ndarray) -> bool:
    """Whether every example's largest logit leads by more than rounding."""
    ranked = np.sort(preactivations(net.layers, x)[-1], axis=1)
    return bool(np.all(ranked[:, -1] - ranked[:, -2] > 1e-4))


def with_own_labels(net: Network) -> Network:
    """The same network and examples, labelled as the network classifies them."""
    return replace(net, y=preactivations(net.layers, net.x)[-1].argmax(axis=1))


def attack_path(
    net: Network, alpha: float, epsilon: float, steps: int, *, sign: bool
) -> tuple[np.ndarray, bool]:
    """The perturbation after the steps of one accepted update of `pgd`; whether it is clear-cut.

    It is not where a hidden unit meets its kink on the way, or a sign hangs on rounding.
    """
    delta, clear = np.zeros_like(net.x), True
    for _ in range(steps):
        gradient = gradients(net.layers, net.x + delta, net.y) / len(net.y)
        clear &= kink_distance(net.layers, net.x + delta) > 1e-4
        clear &= bool(np.all(clear_signs(gradient) | _dead(net, net.x + delta))) or not sign
        step = np.sign(gradient) if sign else gradient
        delta = np.clip(delta + alpha * step, -epsilon, epsilon)
    return delta, clear


def _dead(net: Network, x: np.ndarray) -> np.ndarray:
    """Examples (m, 1) that reach no logit: some hidden layer is off, the gradient exactly zero."""
    hidden = preactivations(net.layers, x)[:-1]
    off = [np.all(units < 0, axis=1) for units in hidden]
    return np.any(off, axis=0)[:, None] if off else np.zeros((len(x), 1), dtype=bool)


def signed_gradient(net: Network, epsilon: float) -> np.ndarray:
    """The perturbation of FGSM, in float64."""
    delta: np.ndarray = epsilon * np.sign(gradients(net.layers, net.x, net.y))
    return delta


def gain(nets: Sequence[Network], attack: Callable[[Network], np.ndarray]) -> float:
    """How much an attack raises the loss, summed over all examples of all networks."""

    def total(points: Sequence[np.ndarray]) -> float:
        pairs = zip(nets, points, strict=True)
        return sum(float(losses(net.layers, x, net.y).sum()) for net, x in pairs)

    return total([net.x + attack(net) for net in nets]) - total([net.x for net in nets])


def pgd_mistakes(
    net: Network, alpha: float, epsilon: float, steps: int
) -> dict[str, Callable[[], np.ndarray]]:
    """Known wrong answers of `pgd`, each for both updates."""
    found: dict[str, Callable[[], np.ndarray]] = {
        "this is FGSM: alpha and num_iter were not used": partial(signed_gradient, net, epsilon)
    }
    for sign in (False, True):
        for hint, (up, ball, count) in {
            "an attack goes up the loss: this goes down": (-alpha, epsilon, steps),
            "delta is not projected onto the ball": (alpha, np.inf, steps),
            "this is one step too few": (alpha, epsilon, steps - 1),
            "this is one step too many": (alpha, epsilon, steps + 1),
            "this is the gradient of the summed loss: the mean over the batch is asked for": (
                alpha * len(net.y), epsilon, steps,
            ),
        }.items():  # fmt: skip
            name = hint + " " * sign
            found[name] = partial(_path, net, up, ball, count, sign)
        found["every step takes the gradient at x: take it at x + delta" + " " * sign] = partial(
            _without_moving, net, alpha, epsilon, steps, sign
        )
    found["this is x + delta: return delta alone"] = lambda: (
        net.x + _path(net, alpha, epsilon, steps, False)
    )
    return found


def _path(net: Network, alpha: float, epsilon: float, steps: int, sign: bool) -> np.ndarray:
    return attack_path(net, alpha, epsilon, steps, sign=sign)[0]


def _without_moving(
    net: Network, alpha: float, epsilon: float, steps: int, sign: bool
) -> np.ndarray:
    gradient = gradients(net.layers, net.x, net.y) / len(net.y)
    step = alpha * (np.sign(gradient) if sign else gradient)
    delta = np.zeros_like(net.x)
    for _ in range(steps):
        delta = np.clip(delta + step, -epsilon, epsilon)
    return delta


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


def margins(
    layers: Layers, x: np.ndarray, y: np.ndarray, epsilon: float | np.ndarray
) -> np.ndarray:
    """By how much the lower bound of the true logit exceeds the others' upper bounds, (m,).

    `epsilon` is one radius, or a column (m, 1) with one per example.
    """
    lower, upper = interval_bounds(layers, x, epsilon)[-1]
    rows = np.arange(len(y))
    rivals = upper.copy()
    rivals[rows, y] = -np.inf
    found: np.ndarray = lower[rows, y] - rivals.max(axis=1)
    return found


def certified(net: Network, epsilons: Sequence[float]) -> tuple[list[float | None], float]:
    """The exhaustive answer: every radius tried on every example; and the smallest |margin| met."""
    table = np.array([margins(net.layers, net.x, net.y, epsilon) for epsilon in epsilons])
    answer: list[float | None] = [None] * len(net.y)
    for epsilon, row in zip(epsilons, table, strict=True):
        answer = [epsilon if m > 0 else old for m, old in zip(row, answer, strict=True)]
    return answer, float(np.abs(table).min(initial=np.inf))


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
