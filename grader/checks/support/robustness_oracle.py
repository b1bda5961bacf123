"""Oracles of networks and of attacks on them, in numpy float64, with gradients by hand."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np
from hypothesis import assume

from grader.checks.support.strategies import Network

Layers = Sequence[tuple[np.ndarray, np.ndarray]]


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


def shift(net: Network, epsilon: float) -> np.ndarray:
    """The attack that adds epsilon to every pixel at an even place, and takes it off the others."""
    return epsilon * np.where(np.arange(net.x.shape[1]) % 2, -1.0, 1.0)


def shifted(net: Network, epsilon: float) -> np.ndarray:
    """The examples under that attack, clipped."""
    moved: np.ndarray = np.clip(net.x + shift(net, epsilon), 0.0, 1.0)
    return moved


def by_signed_gradient(net: Network, epsilon: float) -> np.ndarray:
    """The clipped examples under FGSM; inputs where rounding decides a label are left out."""
    moved: np.ndarray = np.clip(net.x + signed_gradient(net, epsilon), 0.0, 1.0)
    assume(is_decided(net, net.x) and is_decided(net, moved))
    assume(is_smooth(net, net.x) and has_clear_signs(net))
    return moved


def with_own_labels(net: Network) -> Network:
    """The same network and examples, labelled as the network classifies them."""
    return replace(net, y=preactivations(net.layers, net.x)[-1].argmax(axis=1))


def accepted_updates(net: Network, alpha: float, epsilon: float, steps: int) -> list[np.ndarray]:
    """The perturbation after the steps of `pgd`: by the raw gradient, and by its sign.

    Inputs where a hidden unit meets its kink on the way, or a sign hangs on rounding, are left out.
    """
    paths = [_path(net, alpha, epsilon, steps, sign) for sign in (False, True)]
    assume(all(clear for _, clear in paths))
    return [delta for delta, _ in paths]


def _path(
    net: Network, alpha: float, epsilon: float, steps: int, sign: bool
) -> tuple[np.ndarray, bool]:
    """The perturbation after the steps of one update, and whether rounding decides nothing."""
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
) -> Iterator[tuple[str, np.ndarray]]:
    """Known wrong answers of `pgd`, each for both updates, by what is wrong with them."""
    yield "this is FGSM: alpha and num_iter were not used", signed_gradient(net, epsilon)
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
            yield hint, _path(net, up, ball, count, sign)[0]
        yield (
            "each step is projected, not their sum",
            _clamped_steps(net, alpha, epsilon, steps, sign),
        )
        still = _without_moving(net, alpha, epsilon, steps, sign)
        yield "every step takes the gradient at x: take it at x + delta", still
        whole = net.x + _path(net, alpha, epsilon, steps, sign)[0]
        yield "this is x + delta: return delta alone", whole


def _without_moving(
    net: Network, alpha: float, epsilon: float, steps: int, sign: bool
) -> np.ndarray:
    gradient = gradients(net.layers, net.x, net.y) / len(net.y)
    step = alpha * (np.sign(gradient) if sign else gradient)
    delta = np.zeros_like(net.x)
    for _ in range(steps):
        delta = np.clip(delta + step, -epsilon, epsilon)
    return delta


def _clamped_steps(
    net: Network, alpha: float, epsilon: float, steps: int, sign: bool
) -> np.ndarray:
    delta = np.zeros_like(net.x)
    for _ in range(steps):
        gradient = gradients(net.layers, net.x + delta, net.y) / len(net.y)
        delta = delta + np.clip(
            alpha * (np.sign(gradient) if sign else gradient), -epsilon, epsilon
        )
    return delta
