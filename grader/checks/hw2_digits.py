"""HW2 Q2: every function against formulas and numpy, the training loops by `training_loops`.

What the handout leaves open stays open: how a model names its parameters, which of bars and lines
a plot is made of. Thresholds are for runs long enough not to measure their initialisation.
"""

from typing import Any

import numpy as np
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from grader.checks.support import digit_models, digit_runs, networks, training_loops
from grader.checks.support.compare import (
    FLOAT32,
    FLOAT64,
    Tolerance,
    agree,
    as_array,
    as_float,
    as_list,
    as_tensor,
    at_least,
    at_most,
    close,
    holds,
)
from grader.checks.support.descent import Problem
from grader.checks.support.drawings import described
from grader.checks.support.policies import test_allowed_imports as test_allowed_imports
from grader.checks.support.policies import test_calls as test_calls
from grader.checks.support.policies import test_comments as test_comments
from grader.checks.support.policies import test_pep8 as test_pep8
from grader.checks.support.purity import left_alone, unchanged
from grader.checks.support.strategies import seeds
from grader.checks.support.training_loops import (
    FROM_SCRATCH,
    PRECISION,
    WITH_TORCH,
    dtypes,
    eighths,
    log_lengths,
    problems,
    tolerances,
)
from grader.sandbox import kits

SLOPE = Tolerance(1e-6, 1e-7, "central differences of a quadratic, step 1e-4, in float64")
SHARE = Tolerance(1e-6, 1e-6, "a share of a few examples, perhaps in float32")


@given(seed=seeds(), m=st.integers(2, 5), k=st.integers(2, 4), n=st.integers(1, 3))
def test_scale_features(submission: Any, seed: int, m: int, k: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    train = rng.integers(-5, 6, (m, n)).astype(float)
    test = rng.integers(-9, 10, (k, n)).astype(float)
    train[:, rng.random(n) < 0.2] = 3.0
    low, high = train.min(axis=0), train.max(axis=0)
    constant = low == high
    # What a constant feature becomes is only decided where the test part agrees with it.
    test[:, constant] = low[constant]

    def scaled(X: np.ndarray, low: Any, high: Any) -> np.ndarray:
        return np.asarray((X - low) / np.where(high == low, 1.0, high - low))

    expected = scaled(test, low, high)
    refitted = scaled(test, test.min(axis=0), test.max(axis=0))
    # Two mistakes with one answer would have one message.
    assume(not close(refitted, np.clip(expected, 0, 1), FLOAT64, evidence=False))
    answer, after = submission.observe("scale_features", train, test)
    unchanged("scale_features", after, train, test)
    got = as_list(answer, 2, "the result of scale_features")
    for part, what in zip(got, ("X_train", "X_test"), strict=True):
        holds(
            bool(np.isfinite(as_array(part, what=what, finite=False)).all()),
            law="a feature that is constant in the training part becomes 0",
            got=part,
            expected="finite numbers",
            hint="its range is 0, and 0 / 0 is not a number",
        )
    both = np.vstack([train, test])
    zeroed = np.where(constant, low, 0.0)
    agree(
        got[0],
        scaled(train, low, high),
        FLOAT64,
        "the training part is scaled to [0, 1] feature by feature: (x - min) / (max - min)",
        {
            "the range is that of both parts: fit the scaler on the training part alone": scaled(
                train, both.min(axis=0), both.max(axis=0)
            ),
            "one range for all features: take min and max along axis 0": scaled(
                train, train.min(), train.max()
            ),
            "the minimum is not subtracted": scaled(train, zeroed, zeroed + high - low),
        },
    )
    agree(
        got[1],
        expected,
        FLOAT64,
        "the test part is scaled by the minimum and maximum of the training part",
        {
            "the scaler was fitted again on the test part": refitted,
            "the test part is clipped to [0, 1]": np.clip(expected, 0, 1),
            "the test part came back unscaled": test,
        },
    )


@given(seed=seeds(), classes=st.integers(1, 5), extra=st.integers(0, 3), k=st.integers(1, 4))
def test_one_hot(submission: Any, seed: int, classes: int, extra: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    names = np.sort(rng.permutation(10)[:classes]) if seed % 2 else np.arange(classes)
    train = rng.permutation(np.concatenate([names, rng.choice(names, extra)]))
    test = rng.choice(names, k)
    answer, after = submission.observe("one_hot", train, test)
    unchanged("one_hot", after, train, test)
    got = as_list(answer, 2, "the result of one_hot")
    for part, labels, what in zip(got, (train, test), ("Y_train", "Y_test"), strict=True):
        array = as_array(part, what=what)
        refitted = (labels[:, None] == np.unique(labels)).astype(float)
        law = f"the columns of {what} are the labels that occur in the training part, in order"
        wanted = (labels[:, None] == names).astype(float)
        hint = None
        if close(array, refitted, FLOAT64, evidence=False):
            hint = "the encoder was fitted again on the test labels: a class that is missing there"
            hint += " shifts the columns"
        elif array.shape[1:] == (names.max() + 1,):
            hint = "a column for every label up to the largest, also for those that do not occur"
        same = close(array, wanted, FLOAT64)
        holds(same, law, part, wanted, hint)
        holds(array.dtype.kind == "f", f"{what} holds floats", f"dtype {part.dtype}", "float64")


@given(classes=st.integers(2, 6), features=st.integers(2, 6), default=st.booleans())
def test_initial_values(submission: Any, classes: int, features: int, default: bool) -> None:
    if default:
        classes, features = 10, 64
    arguments = () if default else (classes, features)
    drawn = as_list(submission.initializeWeightsAndBiases(*arguments), 2)
    shapes = {"W": (classes, features), "b": (classes,)}
    for value, (name, shape) in zip(drawn, shapes.items(), strict=True):
        as_tensor(value, shape, torch.float32, name)
        varied = bool((value != value.flatten()[0]).any())
        law = f"{name} is random: its entries differ"
        holds(varied, law, value, hint="all entries are equal")
    for i, name in enumerate(shapes):
        tensor = submission.keep("initializeWeightsAndBiases", *arguments).item(i)
        wants, leaf = tensor.attr("requires_grad"), tensor.attr("is_leaf")
        holds(
            wants is True and leaf is True,
            law=f"{name} is a leaf tensor with requires_grad=True, so backward fills its .grad",
            got=f"requires_grad={wants}, is_leaf={leaf}",
            expected="requires_grad=True, is_leaf=True",
            hint="ask for the gradient after the last operation on the numbers drawn",
        )


# (a) the model and its loss


@given(
    seed=seeds(), m=st.integers(1, 4), n=st.integers(1, 4), classes=st.integers(1, 4), dtype=dtypes
)
def test_linear_model(
    submission: Any, seed: int, m: int, n: int, classes: int, dtype: torch.dtype
) -> None:
    rng = np.random.default_rng(seed)
    W, b, X = eighths(rng, classes, n), eighths(rng, classes), eighths(rng, m, n)
    parts = [torch.tensor(part, dtype=dtype) for part in (W, b, X)]
    answer, after = submission.observe("linear_model", *parts)
    unchanged("linear_model", after, *parts)
    as_tensor(answer, (m, classes), dtype)
    mistakes: dict[str, Any] = {
        "the bias is not added": X @ W.T,
        "the bias is taken off": X @ W.T - b,
    }
    if n == classes:
        mistakes["W is not transposed: row i of W belongs to class i"] = X @ W + b
    _agree_tensor(
        answer, X @ W.T + b, PRECISION[dtype], "row i of the result is W x_i + b", mistakes
    )


@given(seed=seeds(), m=st.integers(1, 5), classes=st.integers(1, 4), dtype=dtypes)
def test_mse_loss(submission: Any, seed: int, m: int, classes: int, dtype: torch.dtype) -> None:
    rng = np.random.default_rng(seed)
    z, y = eighths(rng, m, classes), eighths(rng, m, classes)
    predicted, target = torch.tensor(z, dtype=dtype), torch.tensor(y, dtype=dtype)

    def formula(z: np.ndarray) -> float:
        return float(((z - y) ** 2).sum() / m)

    answer, after = submission.observe("mse_loss", kits.leaf(predicted), target)
    unchanged("mse_loss", after, predicted, target)
    as_tensor(answer, (), dtype, "the loss")
    value = formula(z)
    agree(
        answer.double().item(),
        value,
        PRECISION[dtype],
        "the loss is the sum of all squared differences divided by m, the number of examples",
        {
            "divided by m x classes, as nn.MSELoss does": value / classes,
            "the sum is not divided by m": value * m,
            "the square root of the loss": value**0.5,
            "half of the loss": value / 2,
            "absolute differences, not squares": float(np.abs(z - y).sum() / m),
        },
    )
    leaf = submission.build(kits.leaf(predicted))
    loss = submission.keep("mse_loss", leaf, target)
    holds(
        loss.attr("requires_grad") is True,
        law="the loss can be differentiated with respect to the predictions",
        got="a tensor that does not require grad",
        hint="detach, item, numpy or no_grad cuts the graph",
    )
    loss.method("backward")
    expected = np.zeros_like(z)
    for at in np.ndindex(z.shape):
        step = np.zeros_like(z)
        step[at] = 1e-4
        expected[at] = (formula(z + step) - formula(z - step)) / 2e-4
    tolerance = SLOPE if dtype is torch.float64 else FLOAT32
    law = "the gradient of mse_loss is the slope of the loss (by finite differences)"
    _agree_tensor(leaf.attr("grad"), expected, tolerance, law)


def _agree_tensor(
    got: Any, expected: np.ndarray, tolerance: Tolerance, law: str, mistakes: Any = None
) -> None:
    agree(got, torch.from_numpy(np.asarray(expected)), tolerance, law, mistakes)


# the training loops: (a) from scratch, (b) torch.optim and squared error, (c) cross entropy


@given(p=problems(loss="over examples"), epochs=st.integers(1, 3), dtype=dtypes)
def test_scratch_epochs(submission: Any, p: Problem, epochs: int, dtype: torch.dtype) -> None:
    training_loops.check_epochs(FROM_SCRATCH, submission, p, epochs, dtype)


@given(p=problems(loss="over examples", even=True), share=tolerances)
def test_scratch_stopping(submission: Any, p: Problem, share: float) -> None:
    training_loops.check_stopping(FROM_SCRATCH, submission, p, share)


@given(p=problems(loss="over examples", even=True), epochs=log_lengths)
def test_scratch_log(submission: Any, entry: Any, p: Problem, epochs: int) -> None:
    training_loops.check_log(FROM_SCRATCH, submission, entry, p, epochs)


@given(p=problems(loss="over entries"), epochs=st.integers(1, 3), dtype=dtypes)
def test_torch_epochs(submission: Any, p: Problem, epochs: int, dtype: torch.dtype) -> None:
    training_loops.check_epochs(WITH_TORCH, submission, p, epochs, dtype)


@given(p=problems(loss="over entries", even=True), share=tolerances)
def test_torch_stopping(submission: Any, p: Problem, share: float) -> None:
    training_loops.check_stopping(WITH_TORCH, submission, p, share)


@given(p=problems(loss="over entries", even=True), epochs=log_lengths)
def test_torch_log(submission: Any, entry: Any, p: Problem, epochs: int) -> None:
    training_loops.check_log(WITH_TORCH, submission, entry, p, epochs)


@given(p=problems(loss="cross entropy"), epochs=st.integers(1, 3), dtype=dtypes)
def test_cross_entropy_epochs(submission: Any, p: Problem, epochs: int, dtype: torch.dtype) -> None:
    training_loops.check_epochs(WITH_TORCH, submission, p, epochs, dtype)


# the models


@given(seed=seeds(), n=st.integers(1, 4), classes=st.integers(1, 4), default=st.booleans())
def test_linear_module(submission: Any, seed: int, n: int, classes: int, default: bool) -> None:
    digit_models.check_module(submission, "Linear_Model", seed, [], n, classes, default)


@given(seed=seeds(), n=st.integers(1, 6), classes=st.integers(2, 5), default=st.booleans())
def test_network_module(submission: Any, seed: int, n: int, classes: int, default: bool) -> None:
    digit_models.check_module(submission, "NN_Model", seed, [32, 16], n, classes, default)


@given(
    seed=seeds(), m=st.integers(3, 7), n=st.integers(1, 3), classes=st.integers(2, 5),
    training=st.booleans(),
)  # fmt: skip
def test_accuracy(submission: Any, seed: int, m: int, n: int, classes: int, training: bool) -> None:
    # Whole numbers, and biases that differ by eighths: no two outputs are equal.
    rng = np.random.default_rng(seed)
    W, X = rng.integers(-3, 4, (classes, n)), rng.integers(-3, 4, (m, n))
    b = rng.permutation(classes) / 8
    y = rng.integers(0, classes, m)
    outputs = X @ W.T + b
    correct = float((outputs.argmax(axis=1) == y).mean())
    # So that a share, its complement and a count are three numbers.
    assume(correct not in (0, 0.5, 1))
    model = submission.build(
        kits.mlp([(torch.tensor(W, dtype=torch.float32), torch.tensor(b, dtype=torch.float32))])
    )
    model.method("train", training)
    before = model.state()
    got = as_float(
        submission.accuracy(model, torch.tensor(X, dtype=torch.float32), torch.tensor(y))
    )
    agree(
        got,
        correct,
        SHARE,
        "accuracy is the share of the examples whose largest output is that of their label",
        {
            "in per cent, not a share": 100 * correct,
            "the number of right answers, not divided by the number of examples": m * correct,
            "the share of wrong answers": 1 - correct,
            "rounded: return the share as it is": round(correct, 2),
            "argmin in place of argmax": float((outputs.argmin(axis=1) == y).mean()),
        },
    )
    left_alone("accuracy", before, model.state())


# the benchmarks on the digits


def test_scratch_on_digits(submission: Any, entry: Any) -> None:
    X, y, X_test, y_test = digit_runs.digits()
    W, b = 0.01 * networks.normal(1, 10, 64), 0.01 * networks.normal(2, 10)
    data = torch.tensor(X).float(), torch.eye(10)[torch.tensor(y)]
    for name, batch, epochs, lr in (("full_gd", len(X), 200, 0.05), ("sgd", 64, 30, 0.02)):
        answer = submission.train_linear_regression_model(
            epochs, batch, kits.leaf(W), kits.leaf(b), *data, lr, 1e-9
        )
        found = as_list(answer, 3, "the result of train_linear_regression_model")
        trained_W = as_tensor(found[0], (10, 64), what=f"{name}: the trained W").numpy()
        trained_b = as_tensor(found[1], (10,), what=f"{name}: the trained b").numpy()
        digit_runs.expect_accuracy(entry, name, X_test @ trained_W.T + trained_b, y_test)


def test_squared_error_on_digits(submission: Any, entry: Any) -> None:
    runs = (("full_gd", digit_runs.FULL_BATCH, 200, 0.5), ("sgd", 64, 30, 0.1))
    digit_runs.train_on_digits(submission, entry, "Linear_Model", "mse", runs)


def test_cross_entropy_on_digits(submission: Any, entry: Any) -> None:
    runs = (("full_gd", digit_runs.FULL_BATCH, 200, 0.5), ("sgd", 64, 30, 0.1))
    digit_runs.train_on_digits(submission, entry, "Linear_Model", "cross_entropy", runs)


def test_network_on_digits(submission: Any, entry: Any) -> None:
    runs = (("full_gd", digit_runs.FULL_BATCH, 300, 0.5), ("sgd", 64, 60, 0.1))
    digit_runs.train_on_digits(submission, entry, "NN_Model", "cross_entropy", runs)


# (e) the comparison


def test_comparison_on_digits(submission: Any, entry: Any) -> None:
    table = digit_runs.compared(submission, digit_runs.digits(), 60, 0.05)
    for name, floor in entry.thresholds.items():
        entry.note(f"{name}: test accuracy {table[name]['test']:.3f}")
        at_least(
            table[name]["test"],
            floor,
            f"the test accuracy of {name} reaches its threshold",
            hint="are max_epochs, lr and tolerance handed on, and has a mini-batch 64 examples?",
        )


def test_comparison_rows(submission: Any) -> None:
    data = digit_runs.clusters()
    table = digit_runs.compared(submission, data, 150, 0.3)
    for name in digit_runs.MODELS:
        row = table[name]
        if name != "nn_torch_full_gd_ce":
            law = f"{name} learns three clusters far apart: its train accuracy"
            at_least(row["train"], 0.95, law)
        if row["train"] >= 0.95:
            at_most(
                row["test"],
                0.1,
                f"{name}: where every test label is wrong, a good model's test accuracy is near 0",
                hint="the accuracy in test is not that of the test part",
            )
    digit_runs.must_be_the_right_models(submission)
    digit_runs.must_batch_by_64(submission)


@given(seed=seeds())
def test_plot(submission: Any, seed: int) -> None:
    rng = np.random.default_rng(seed)
    shares = rng.permutation(np.arange(60, 100))[:16].reshape(8, 2) / 100
    results = {
        name: {"train": float(train), "test": float(test), "seconds": 1.0 + i}
        for i, (name, (train, test)) in enumerate(zip(digit_runs.MODELS, shares, strict=True))
    }
    drawing = submission.keep("plot_accuracies", results)
    digit_runs.shows_accuracies(described(drawing, "plot_accuracies", "axes"), shares)
