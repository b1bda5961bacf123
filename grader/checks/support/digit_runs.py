"""Training runs on the 8x8 digits, and what their plot must show, for the checks of HW2 Q2."""

import time
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import torch

from grader.checks.support.compare import as_float, as_tensor, at_least, at_most, holds
from grader.sandbox import kits

MODELS = (
    "lm_scratch_full_gd", "lm_scratch_sgd", "lm_torch_full_gd_mse", "lm_torch_full_sgd_mse",
    "lm_torch_full_gd_ce", "lm_torch_full_sgd_ce", "nn_torch_full_gd_ce", "nn_torch_full_sgd_ce",
)  # fmt: skip
FULL_BATCH = 1437

Run = tuple[str, int, int, float]
"""A name in the thresholds, the batch size, the epochs and the learning rate."""


@cache
def digits() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The scaled digits in the handout's split: X_train, y_train, X_test, y_test."""
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import MinMaxScaler

    X, y = load_digits(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(
        X, y, test_size=0.2, random_state=42, stratify=y
    )
    scaler = MinMaxScaler().fit(X_train)
    return scaler.transform(X_train), y_train, scaler.transform(X_test), y_test


def clusters() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Three classes that every linear model separates, of four features.

    All test labels are wrong on purpose.
    """
    rng = np.random.default_rng(5)
    y_train, y_test = np.arange(132) % 3, np.arange(60) % 3
    centres = 0.9 * np.eye(3, 4)
    X_train, X_test = (centres[y] + 0.1 * rng.random((len(y), 4)) for y in (y_train, y_test))
    return X_train, y_train, X_test, (y_test + 1) % 3


def expect_accuracy(entry: Any, name: str, outputs: np.ndarray, y: np.ndarray) -> None:
    """The share of right answers reaches the threshold of that name."""
    share = float((outputs.argmax(axis=1) == y).mean())
    entry.note(f"{name}: test accuracy {share:.3f}")
    law = f"{name}: the test accuracy on the digits reaches its threshold"
    at_least(share, entry.thresholds[name], law)


def train_on_digits(
    submission: Any, entry: Any, model: str, criterion: str, runs: Sequence[Run]
) -> None:
    """Each run of train_torch_model on a fresh model reduces the loss and reaches its threshold."""
    X, y, X_test, y_test = digits()
    features, unseen = torch.tensor(X).float(), torch.tensor(X_test).float()
    entropy = criterion == "cross_entropy"
    targets = torch.tensor(y) if entropy else torch.eye(10)[torch.tensor(y)]
    measure = torch.nn.CrossEntropyLoss() if entropy else torch.nn.MSELoss()
    for name, batch, epochs, lr in runs:
        start = submission.keep(model)
        what = f"{name}: the output of the model"
        before = measure(as_tensor(start(features), (len(X), 10), what=what), targets).item()
        loss = kits.criterion(criterion)
        result = submission.keep(
            "train_torch_model", start, batch, loss, epochs, features, targets, lr, 1e-9
        )
        trained = result.item(0)
        what += " after training"
        after = measure(as_tensor(trained(features), (len(X), 10), what=what), targets).item()
        at_most(after, 0.7 * before, f"{name}: training reduces the loss well below its start")
        outputs = as_tensor(trained(unseen), (len(X_test), 10))
        expect_accuracy(entry, name, outputs.numpy(), y_test)


def compared(
    submission: Any, data: Sequence[np.ndarray], epochs: int, lr: float
) -> dict[str, dict[str, float]]:
    """The table of compare_models, its keys and the ranges of its values checked."""
    started = time.monotonic()
    table = submission.compare_models(*data, epochs, lr, 1e-6)
    elapsed = time.monotonic() - started
    holds(type(table) is dict, "compare_models returns a dict", table)
    missing = sorted(set(MODELS) - set(table))
    holds(not missing, "the table has the eight models", sorted(table), f"also {missing}")
    for name in MODELS:
        row = table[name]
        complete = type(row) is dict and {"train", "test", "seconds"} <= set(row)
        holds(complete, f"the row of {name} has train, test and seconds", row)
        for key in ("train", "test", "seconds"):
            value = row[key] = as_float(row[key], f"{key} of {name}")
            holds(value >= 0, f"{key} of {name} is not negative", value)
            holds(key == "seconds" or value <= 1, f"{key} of {name} is a share in [0, 1]", value)
    # Which seconds differ from run to run, and a report must not: only the verdict is told.
    holds(
        sum(table[name]["seconds"] for name in MODELS) <= elapsed,
        law="the seconds of the eight trainings add up to no more than compare_models took",
        hint="seconds is the time of one model's own training, the clock's difference",
    )
    return dict(table)


def must_be_the_right_models(submission: Any) -> None:
    """Two networks and six linear models: only a network separates an exclusive or.

    At most 3 of its 4 clusters are on the right side of any line, 5 of 6 with the third class.
    """
    rng = np.random.default_rng(7)
    corners = [(0, 0, 0), (1, 1, 0), (0, 1, 0), (1, 0, 0), (0.5, 0.5, 1), (0.5, 0.5, 1)]
    where = np.arange(132) % 6
    X, y = 0.9 * np.array(corners)[where] + 0.1 * rng.random((132, 3)), where // 2
    table = compared(submission, (X, y, X[:60], y[:60]), 100, 0.5)
    for name in MODELS:
        what = "the train accuracy on an exclusive or and a third class"
        share = table[name]["train"]
        if name.startswith("nn"):
            # 30 seeds of the reference and 16 runs of three others: 1.0
            at_least(share, 0.95, f"{name} is the network: {what}")
        else:
            at_most(share, 5 / 6 + 1e-6, f"{name} is a linear model: {what}")


def must_batch_by_64(submission: Any) -> None:
    """With 65 examples the last is a mini-batch of its own, with 64 there is one batch.

    The last example alone has its class and its feature. One huge step of the cross entropy on a
    batch of its own makes it right, and leaves the others so; as one of 64 it is outvoted.
    """
    for count, alone in ((65, True), (64, False)):
        y = np.append(np.arange(count - 1) % 2, 2)
        X = np.repeat(np.eye(3)[y], (4, 4, 1), axis=1)
        table = submission.compare_models(X, y, X[-2:], y[-2:], 1, 100.0, 0.0)
        got = as_float(table["lm_torch_full_sgd_ce"]["test"], "test of lm_torch_full_sgd_ce")
        expected = 1.0 if alone else 0.5
        holds(
            abs(got - expected) < 1e-6,
            law="a mini-batch is 64 examples, in order, and a short last one counts: the last of"
            f" {count} examples is {'a batch of its own' if alone else 'in one batch with all'}",
            got=f"after one huge step lm_torch_full_sgd_ce has accuracy {got:g} on the last two",
            expected=f"{expected:g}",
        )


def shows_accuracies(axes: Mapping[str, Any], shares: np.ndarray) -> None:
    """Every accuracy is drawn, as bars, lines or points; a model's two lines meet at its place.

    `shares` is (8, 2): train and test. Per cent are as good as shares.
    """
    curves = [(np.asarray(line["x"]), np.asarray(line["y"])) for line in axes["lines"]]
    curves += [tuple(part["xy"].T) for part in axes["scatters"]]
    bars = [side for bar in axes["bars"] for side in (bar["height"], bar["width"])]
    drawn = np.concatenate([bars, *(y for _, y in curves)])
    scale = 100.0 if not _absent(100 * shares, drawn) else 1.0
    for column, part in enumerate(("train", "test")):
        absent = _absent(scale * shares[:, column], drawn)
        law = f"the plot shows the {part} accuracy of all eight models"
        got = f"no line or bar at {np.round(absent, 6).tolist()}"
        holds(not absent, law, got, "a line or bar at each of them")
    places = [_places(curves, scale * column) for column in shares.T]
    if places[0] is not None and places[1] is not None:
        law = "the train and the test accuracy of a model stand at the same place on the x axis"
        holds(places[0] == places[1], law, f"train at {places[0]}, test at {places[1]}")


def _absent(values: np.ndarray, drawn: np.ndarray) -> list[float]:
    return [value for value in values.flat if not np.isclose(drawn, value, atol=1e-6).any()]


def _places(curves: Sequence[Any], values: np.ndarray) -> list[float] | None:
    """Where on the x axis one curve has these values; None when no curve has them all."""
    for x, y in curves:
        at = [np.flatnonzero(np.isclose(y, value, atol=1e-6)) for value in values]
        if all(len(found) for found in at):
            return [float(x[found[0]]) for found in at]
    return None
