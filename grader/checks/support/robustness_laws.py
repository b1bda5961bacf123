"""What every attack, and every accuracy under one, is judged by."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from hypothesis import assume

from grader.checks.support import pictures
from grader.checks.support import robustness_oracle as oracle
from grader.checks.support.compare import (
    FLOAT32,
    FLOAT64,
    Tolerance,
    agree,
    as_float,
    as_list,
    as_tensor,
    at_most,
    close,
    holds,
)
from grader.checks.support.purity import left_alone, unchanged
from grader.checks.support.strategies import Network
from grader.data import classifier, mnist
from grader.engine.proxy import SubmissionProxy
from grader.figures import Chart
from grader.sandbox import kits

FGSM = "fgsm(model, x, y)"
PGD = "pgd(model, x, y, ...)"


def model_of(net: Network) -> Any:
    """The network as a kit."""
    return kits.mlp(net.tensors())


def like(value: Any, net: Network, what: str) -> np.ndarray:
    """A tensor of the shape and dtype of the examples, as float64."""
    x = net.inputs()
    array: np.ndarray = as_tensor(value, tuple(x.shape), x.dtype, what).double().numpy()
    return array


def precision(net: Network, factor: float = 1.0) -> Tolerance:
    """The tolerance of the network's dtype."""
    tolerance = FLOAT64 if net.dtype == "float64" else FLOAT32
    return tolerance.times(factor, "a forward and a backward pass") if factor != 1 else tolerance


def fgsm(submission: SubmissionProxy, net: Network, *epsilon: float) -> np.ndarray:
    """The submission's perturbation, of its default size where none is given."""
    return like(submission.fgsm(model_of(net), net.inputs(), net.labels(), *epsilon), net, FGSM)


def pgd(
    submission: SubmissionProxy, net: Network, alpha: float, epsilon: float, steps: int
) -> np.ndarray:
    """The submission's perturbation of all examples together."""
    value = submission.pgd(model_of(net), net.inputs(), net.labels(), alpha, epsilon, steps)
    return like(value, net, PGD)


def must_be_signed_gradient(delta: np.ndarray, net: Network, epsilon: float, law: str) -> None:
    """Signs count where rounding cannot change them, sizes everywhere."""
    gradient = oracle.gradients(net.layers, net.x, net.y)
    clear = oracle.clear_signs(gradient)
    expected = epsilon * np.sign(gradient)
    clipped = np.clip(net.x + expected, 0.0, 1.0) - net.x
    size = float(np.abs(delta).max())

    def seen(answer: np.ndarray) -> np.ndarray:
        return np.where(clear, answer, delta)

    agree(
        delta,
        seen(expected),
        precision(net),
        law=law,
        mistakes={
            "an attack goes up the loss: this goes down": seen(-expected),
            "delta is not clipped to the pixel range: whoever evaluates it clips x + delta": seen(
                clipped
            ),
            "this is the gradient itself: take its sign": seen(epsilon * gradient),
            "this is the gradient of the mean loss itself: take its sign": seen(
                epsilon * gradient / len(net.y)
            ),
            "this is x + delta: return delta alone": net.x + seen(expected),
            "epsilon is missing": seen(np.sign(gradient)),
            "y is the label to attack, not the one that the network gives": lambda: seen(
                oracle.signed_gradient(oracle.with_own_labels(net), epsilon)
            ),
        },
        otherwise=f"the signs are right, the size is {size:g} and not {epsilon:g}"
        if close(delta, seen(size * np.sign(gradient)), FLOAT32, evidence=False)
        else None,
    )
    # One float32 rounding of epsilon.
    at_most(
        float(np.abs(delta).max()), epsilon * (1 + 1e-6), law="no entry of delta exceeds epsilon"
    )


def model_is_left_alone(
    submission: SubmissionProxy, net: Network, training: bool, function: str, *after_labels: Any
) -> None:
    """A model that had gradients and a mode of its own has them still after the call."""
    model = submission.build(model_of(net))
    model.method("train", training)
    model.keep("forward", net.inputs()).keep("sum").method("backward")
    before = model.state()
    submission.call(function, model, net.inputs(), net.labels(), *after_labels)
    left_alone(function, before, model.state())


def success_rate(attack: Callable[[Any, Any], Any], count: int, entry: Any) -> float:
    """The share of the first test images that a perturbation makes the classifier miss."""
    import torch

    x, y = mnist.test_images()[:count], mnist.test_labels()[:count]
    delta = as_tensor(attack(x, y), tuple(x.shape), torch.float32)
    title = "The first test images under your attack, and what the classifier reads"
    entry.draw(pictures.attacked_digits(title, x[:8], (x + delta)[:8], classifier.logits))
    size = float(delta.abs().max())
    at_most(size, 0.05 + 1e-6, law="no entry of delta exceeds epsilon = 0.05")
    rate = float((classifier.logits(x + delta).argmax(1) != y).double().mean())
    entry.note(f"fools the classifier on {rate:.1%} of {count} images at epsilon 0.05")
    return rate


def accuracies_of(value: Any, count: int) -> np.ndarray:
    """A list of accuracies in [0, 1]."""
    items = as_list(value, count, "accuracy_under_attack(...)")
    return np.array([as_float(item, "an accuracy") for item in items])


def must_be_accuracies(
    submission: SubmissionProxy, net: Network, epsilons: list[float], otherwise: str | None = None
) -> None:
    """One call under the attack that shifts every pixel: the shares, and its inputs."""
    assume(all(oracle.is_decided(net, oracle.shifted(net, e)) for e in epsilons))
    x, y = net.inputs(), net.labels()
    attack = kits.attack("shift")
    got, after = submission.observe("accuracy_under_attack", model_of(net), x, y, attack, epsilons)
    expected = np.array([oracle.accuracy(net, oracle.shifted(net, e)) for e in epsilons])
    delta = np.array([oracle.shift(net, e) for e in epsilons])[:, None]

    def under(moved: np.ndarray) -> np.ndarray:
        return np.array([oracle.accuracy(net, x) for x in moved])

    order = np.argsort(epsilons, kind="stable")
    agree(
        accuracies_of(got, len(epsilons)),
        expected,
        FLOAT32,
        law="each accuracy must be the share of clip(x + delta, 0, 1) that the model classifies"
        " right, in the order of epsilons",
        mistakes={
            "accuracies are shares in [0, 1], not per cent": 100 * expected,
            "this is the share of errors": 1 - expected,
            "the perturbed examples were not clipped to [0, 1]": lambda: under(net.x + delta),
            "pixels below 0 were not clipped": lambda: under(np.minimum(net.x + delta, 1)),
            "pixels above 1 were not clipped": lambda: under(np.maximum(net.x + delta, 0)),
            "the examples were not perturbed": np.full(len(epsilons), oracle.accuracy(net, net.x)),
            "delta was subtracted": lambda: under(np.clip(net.x - delta, 0, 1)),
            "the results are in the order of epsilons, also where that is not increasing": (
                expected[order]
            ),
            "these are counts: divide by the number of examples": expected * len(net.y),
            "the attack gets its default epsilon, not the one of the list": lambda: np.full(
                len(epsilons), oracle.accuracy(net, oracle.shifted(net, 0.05))
            ),
        },
        otherwise=otherwise,
    )
    unchanged("accuracy_under_attack", after[1:3], x, y)


def draw_accuracies(entry: Any, count: int, epsilons: list[float], found: np.ndarray) -> None:
    """The accuracies on the first MNIST test images beside the reference's."""
    curves = (
        pictures.series(
            "the reference's FGSM", epsilons, entry.thresholds["reference"], "reference"
        ),
        pictures.series("your FGSM", epsilons, found),
    )
    title = f"Accuracy of the classifier on {count} test images"
    entry.draw(Chart(title, "epsilon", "accuracy", curves, (0.0, 1.0)))


NAMES = {
    "fgsm": ("fgsm", "fast gradient", "gradient sign"),
    "pgd": ("pgd", "projected", "gradient descent"),
}


def must_be_a_labelled_line(
    drawn: Mapping[str, Any], name: str, epsilons: list[float], values: list[float]
) -> None:
    """The accuracies of one attack over epsilon, as shares or per cent, labelled with its name."""
    matching = [
        line
        for line in drawn["lines"]
        if close(line["x"], epsilons, FLOAT64)
        and any(close(line["y"], scale * np.array(values), FLOAT64) for scale in (1, 100))
    ]
    holds(
        bool(matching),
        law=f"the graph must have a line of the {name} accuracies over epsilon",
        got=[(line["x"], line["y"]) for line in drawn["lines"]],
        expected=f"x = {epsilons}, y = {values}",
        hint="hand over the epsilons as x: without them a line is drawn over 0, 1, 2, ..."
        if any(close(line["x"], range(len(line["x"])), FLOAT64) for line in drawn["lines"])
        else None,
    )
    texts = [line["label"].lower() for line in matching]
    holds(
        any(word in text for text in texts for word in NAMES[name]),
        law=f"the line of the {name} accuracies must be labelled {name.upper()}",
        got=texts,
    )
