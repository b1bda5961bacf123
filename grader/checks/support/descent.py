"""Mini-batch gradient descent on a linear model, in numpy: what a training loop must arrive at.

Both trainers of HW2 Q2 are judged by it: the one from scratch and the one on torch.optim. The
mistakes that are known of such loops are variants of the same few lines.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

Loss = Callable[[np.ndarray, np.ndarray], tuple[float, np.ndarray]]


def _squared(outputs: np.ndarray, targets: np.ndarray, over: int) -> tuple[float, np.ndarray]:
    error = outputs - targets
    return float((error**2).sum()) / over, 2 * error / over


def _cross_entropy(outputs: np.ndarray, targets: np.ndarray) -> tuple[float, np.ndarray]:
    shifted = outputs - outputs.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -float((targets * log_p).sum()) / len(outputs), (np.exp(log_p) - targets) / len(outputs)


# Of a batch: its value and its gradient with respect to the outputs.
LOSSES: Mapping[str, Loss] = {
    "over examples": lambda z, y: _squared(z, y, len(z)),
    "over entries": lambda z, y: _squared(z, y, z.size),
    "summed": lambda z, y: _squared(z, y, 1),
    "cross entropy": _cross_entropy,
}


@dataclass(frozen=True, slots=True)
class Problem:
    """A linear model to train: start (W, b), data (X, one-hot Y), and how to descend."""

    W: np.ndarray
    b: np.ndarray
    X: np.ndarray
    Y: np.ndarray
    batch: int
    lr: float
    loss: str

    @property
    def labels(self) -> np.ndarray:
        """The class of every example."""
        return np.asarray(self.Y.argmax(axis=1))


@dataclass(frozen=True, slots=True)
class Epoch:
    """The model after an epoch, and what may be called the loss of that epoch."""

    W: np.ndarray
    b: np.ndarray
    passing: float
    """Average over the examples, taken as the batches go by."""
    ending: float
    """Average over the examples, taken with the model that the epoch ends with."""
    last: float
    """The last batch alone: wrong."""


def descend(
    problem: Problem,
    epochs: int,
    *,
    drop_last: bool = False,
    kept: float = 0.0,
    train_bias: bool = True,
) -> list[Epoch]:
    """Train for `epochs` epochs; the options are mistakes.

    `kept` is the share of a step that goes into the next one: 1 where gradients are never set to
    zero, less with momentum.
    """
    W, b = problem.W.astype(np.float64), problem.b.astype(np.float64)
    loss = LOSSES[problem.loss]
    starts = range(0, len(problem.X), problem.batch)
    if drop_last:
        starts = range(0, len(problem.X) - problem.batch + 1, problem.batch)
    step_W, step_b = np.zeros_like(W), np.zeros_like(b)
    history = []
    for _ in range(epochs):
        total, value = 0.0, 0.0
        for start in starts:
            X = problem.X[start : start + problem.batch]
            value, slope = loss(X @ W.T + b, problem.Y[start : start + problem.batch])
            total += value * len(X)
            step_W, step_b = kept * step_W + slope.T @ X, kept * step_b + slope.sum(axis=0)
            W = W - problem.lr * step_W
            b = b - problem.lr * step_b * train_bias
        ending, _ = loss(problem.X @ W.T + b, problem.Y)
        history.append(Epoch(W, b, total / len(problem.X), ending, value))
    return history


def wrong_updates(problem: Problem, epochs: int) -> dict[str, Epoch]:
    """What known mistakes of the training loop arrive at, by the hint that names them."""
    other = {"over examples": "over entries", "over entries": "over examples"}

    def variant(**change: Any) -> list[Epoch]:
        return descend(replace(problem, **change), epochs)

    known = {
        "the last, partial batch is left out": descend(problem, epochs, drop_last=True),
        "the gradients of earlier batches are added up: set them to zero before each step": descend(
            problem, epochs, kept=1.0
        ),
        "the steps have momentum": descend(problem, epochs, kept=0.9),
        "these are steps of Adam, not of SGD": [_adam_step(problem)],
        "the bias is never updated": descend(problem, epochs, train_bias=False),
        "one step per epoch, on all examples: the batch size is not used": variant(
            batch=len(problem.X)
        ),
        "the loss of a batch is summed, not averaged": variant(loss="summed"),
        "the squared error is averaged over something else: mse_loss divides by the examples,"
        " nn.MSELoss by examples x classes": variant(loss=other.get(problem.loss, problem.loss)),
        "the loss is squared error, not the criterion that was given": variant(loss="over entries"),
        "the steps go up the gradient": variant(lr=-problem.lr),
        "one epoch too few": descend(problem, epochs - 1),
        "one epoch too many": descend(problem, epochs + 1),
        "only one epoch was trained": descend(problem, 1),
    }
    untrained = Epoch(problem.W, problem.b, 0.0, 0.0, 0.0)
    wrong = {hint: history[-1] for hint, history in known.items() if history}
    return {"the weights are those that were given: nothing was trained": untrained, **wrong}


def _adam_step(problem: Problem) -> Epoch:
    """The first step of Adam on one batch of all examples: nearly the sign of the gradient."""
    _, slope = LOSSES[problem.loss](problem.X @ problem.W.T + problem.b, problem.Y)
    steps = slope.T @ problem.X, slope.sum(axis=0)
    moves = [problem.lr * step / (np.abs(step) + 1e-8) for step in steps]
    return Epoch(problem.W - moves[0], problem.b - moves[1], 0.0, 0.0, 0.0)


def epochs_run(values: Sequence[float], tolerance: float, absolute: bool = True) -> int:
    """How many epochs are trained when training stops at the first change within `tolerance`."""
    for epoch in range(1, len(values)):
        change = values[epoch - 1] - values[epoch]
        if (abs(change) if absolute else change) <= tolerance:
            return epoch + 1
    return len(values)


def is_clear(values: Sequence[float], tolerance: float) -> bool:
    """Whether rounding cannot decide where training stops."""
    changes = np.abs(np.diff(values))
    return bool(np.all(np.abs(changes - tolerance) > 1e-6 * tolerance + 1e-10))
