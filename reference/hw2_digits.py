"""HW2 Q2: classifying the 8x8 digits"""

import time
from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.axes import Axes
from torch import Tensor, nn

MINI_BATCH = 64


def scale_features(X_train: np.ndarray, X_test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Scale every feature by the range that it has in the training part.

    Args:
        X_train: training features, shape (m, n), float64.
        X_test: test features, shape (k, n), float64.

    Returns:
        (X_train, X_test): new float64 arrays of the same shapes. The training part lies in
        [0, 1]; the test part may leave it. A feature that is constant in the training part is 0
        there.

    Source: the min-max scaling of the handout (scikit-learn calls it MinMaxScaler).
    """
    low = X_train.min(axis=0)
    span = X_train.max(axis=0) - low
    # A constant feature has no range: dividing by 1 leaves the zeros of the training part.
    span = np.where(span == 0, 1.0, span)
    return (X_train - low) / span, (X_test - low) / span


def one_hot(y_train: np.ndarray, y_test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Encode class labels as rows with a single one.

    Args:
        y_train: training labels, shape (m,).
        y_test: test labels, shape (k,); each of them occurs in the training part.

    Returns:
        (Y_train, Y_test): float64 arrays of shapes (m, classes) and (k, classes), one column for
        each label of the training part, in increasing order.

    Source: the one-hot encoding of the handout (scikit-learn calls it OneHotEncoder).
    """
    classes = np.unique(y_train)
    Y_train = (y_train[:, None] == classes).astype(np.float64)
    Y_test = (y_test[:, None] == classes).astype(np.float64)
    return Y_train, Y_test


def initializeWeightsAndBiases(
    num_classes: int = 10, num_features: int = 64
) -> tuple[Tensor, Tensor]:
    """Draw random starting values for the linear model.

    Args:
        num_classes: number of classes.
        num_features: number of features.

    Returns:
        (W, b): float32 leaf tensors of shapes (num_classes, num_features) and (num_classes,),
        both with requires_grad=True.
    """
    # Small values: a pixel that is blank in every training image never moves its weights, and
    # what they started with stays in the predictions for good.
    W = (0.01 * torch.randn(num_classes, num_features)).requires_grad_()
    b = (0.01 * torch.randn(num_classes)).requires_grad_()
    return W, b


def linear_model(W: Tensor, b: Tensor, XT: Tensor) -> Tensor:
    """Predict with the linear model y = W x + b, for every example at once.

    Args:
        W: weights, shape (classes, n).
        b: biases, shape (classes,).
        XT: examples, one per row, shape (m, n).

    Returns:
        Predictions of shape (m, classes), of the dtype of the inputs.
    """
    return XT @ W.T + b


def mse_loss(y_pred: Tensor, y: Tensor) -> Tensor:
    """Compute the handout's mean square error: squared error per example, averaged over examples.

    Args:
        y_pred: predictions, shape (m, classes).
        y: targets, shape (m, classes).

    Returns:
        A scalar tensor that can be differentiated with respect to y_pred.
    """
    # nn.MSELoss divides by m x classes instead; with the same lr its steps are ten times smaller.
    return ((y_pred - y) ** 2).sum() / len(y)


def train_linear_regression_model(
    max_epochs: int,
    batch_size: int,
    W: Tensor,
    b: Tensor,
    X_train: Tensor,
    y_train: Tensor,
    lr: float,
    tolerance: float,
) -> tuple[Tensor, Tensor, list[tuple[int, float]]]:
    """Train the linear model by mini-batch gradient descent on mse_loss, without torch.optim.

    Args:
        max_epochs: largest number of passes over the training data.
        batch_size: examples per batch; batches are taken in order, the last may be short.
        W: starting weights, shape (classes, n), requires_grad=True.
        b: starting biases, shape (classes,), requires_grad=True.
        X_train: examples, shape (m, n).
        y_train: one-hot targets, shape (m, classes).
        lr: learning rate.
        tolerance: training stops after an epoch whose loss differs from that of the epoch
            before by no more than this.

    Returns:
        (W, b, losses): the trained weights and biases, and (epoch, loss) for epochs 0, 100,
        200, ... as an int and a float. The loss of an epoch is the average over its examples.

    Source: HW2 Q2 (a), steps 5 to 7.
    """
    batches = _split(X_train, y_train, batch_size)
    losses: list[tuple[int, float]] = []
    previous = float("inf")
    for epoch in range(max_epochs):
        batch_losses = []
        for X_batch, y_batch in batches:
            loss = mse_loss(linear_model(W, b, X_batch), y_batch)
            gradient_W, gradient_b = torch.autograd.grad(loss, (W, b))
            with torch.no_grad():
                W -= lr * gradient_W
                b -= lr * gradient_b
            # Detached, or the graph of every batch would be kept.
            batch_losses.append(loss.detach())
        current = _average(batch_losses, batches)
        if epoch % 100 == 0:
            losses.append((epoch, current))
        if abs(previous - current) <= tolerance:
            break
        previous = current
    return W, b, losses


class Linear_Model(nn.Module):
    """One linear layer from the features to the classes.

    Args:
        num_features: number of features.
        num_classes: number of classes.
    """

    def __init__(self, num_features: int = 64, num_classes: int = 10) -> None:
        super().__init__()
        self.linear = nn.Linear(num_features, num_classes)

    def forward(self, X: Tensor) -> Tensor:
        """Map examples of shape (m, num_features) to outputs of shape (m, num_classes)."""
        return self.linear(X)


class NN_Model(nn.Module):
    """A network with hidden layers of 32 and 16 units and ReLU activations.

    Args:
        num_features: number of features.
        num_classes: number of classes.
    """

    def __init__(self, num_features: int = 64, num_classes: int = 10) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(num_features, 32),
            nn.ReLU(),
            nn.Linear(32, 16),
            nn.ReLU(),
            nn.Linear(16, num_classes),
        )

    def forward(self, X: Tensor) -> Tensor:
        """Map examples of shape (m, num_features) to logits of shape (m, num_classes)."""
        return self.layers(X)


def train_torch_model(
    model: nn.Module,
    batch_size: int,
    criterion: nn.Module,
    max_epochs: int,
    X_train: Tensor,
    y_train: Tensor,
    lr: float,
    tolerance: float,
) -> tuple[nn.Module, list[tuple[int, float]]]:
    """Train a model by mini-batch gradient descent with torch.optim.SGD.

    Args:
        model: the model to train; maps (batch, n) to (batch, classes).
        batch_size: examples per batch; batches are taken in order, the last may be short.
        criterion: loss of a batch, criterion(predictions, targets), a mean over the batch.
        max_epochs: largest number of passes over the training data.
        X_train: examples, shape (m, n).
        y_train: what the criterion takes as targets, first dimension m.
        lr: learning rate.
        tolerance: training stops after an epoch whose loss differs from that of the epoch
            before by no more than this.

    Returns:
        (model, losses): the trained model, and (epoch, loss) for epochs 0, 100, 200, ... as an
        int and a float. The loss of an epoch is the average over its examples.

    Source: HW2 Q2 (b), steps 2 to 9.
    """
    batches = _split(X_train, y_train, batch_size)
    # A few small tensors: the plain loop is quicker than gathering them for one fused update.
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, foreach=False)
    losses = []
    previous = float("inf")
    for epoch in range(max_epochs):
        batch_losses = []
        for X_batch, y_batch in batches:
            optimizer.zero_grad()
            loss = criterion(model(X_batch), y_batch)
            loss.backward()
            optimizer.step()
            batch_losses.append(loss.detach())
        current = _average(batch_losses, batches)
        if epoch % 100 == 0:
            losses.append((epoch, current))
        if abs(previous - current) <= tolerance:
            break
        previous = current
    return model, losses


def accuracy(model: nn.Module, X: Tensor, y: Tensor) -> float:
    """Measure the share of examples whose largest output is that of their label.

    Args:
        model: maps (m, n) to (m, classes); left as it was.
        X: examples, shape (m, n).
        y: integer labels, shape (m,).

    Returns:
        A float in [0, 1].
    """
    # In evaluation mode, so that dropout and batch statistics neither blur nor change anything.
    modes = {module: module.training for module in model.modules()}
    model.eval()
    with torch.no_grad():
        predicted = model(X).argmax(dim=1)
    for module, mode in modes.items():
        module.training = mode
    return float((predicted == y).double().mean())


def compare_models(
    X_train: np.ndarray,
    y_train: np.ndarray,
    X_test: np.ndarray,
    y_test: np.ndarray,
    max_epochs: int,
    lr: float,
    tolerance: float,
) -> dict[str, dict[str, float]]:
    """Train the eight models of Q2 (e) and measure each of them.

    Args:
        X_train: scaled training features, shape (m, n).
        y_train: integer training labels, shape (m,).
        X_test: scaled test features, shape (k, n).
        y_test: integer test labels, shape (k,).
        max_epochs: as in train_torch_model.
        lr: as in train_torch_model.
        tolerance: as in train_torch_model.

    Returns:
        {"train": accuracy, "test": accuracy, "seconds": time of the training} for each of
        lm_scratch_full_gd, lm_scratch_sgd, lm_torch_full_gd_mse, lm_torch_full_sgd_mse,
        lm_torch_full_gd_ce, lm_torch_full_sgd_ce, nn_torch_full_gd_ce and nn_torch_full_sgd_ce.
        A mini-batch is 64 examples.
    """
    targets, _ = one_hot(y_train, y_test)
    X, Y, labels = (
        torch.tensor(X_train).float(),
        torch.tensor(targets).float(),
        torch.tensor(y_train),
    )
    X_unseen, labels_unseen = torch.tensor(X_test).float(), torch.tensor(y_test)
    results = {}
    for name in _RECIPES:
        start = time.perf_counter()
        model = _train_by_name(name, X, Y, labels, max_epochs, lr, tolerance)
        seconds = time.perf_counter() - start
        results[name] = {
            "train": accuracy(model, X, labels),
            "test": accuracy(model, X_unseen, labels_unseen),
            "seconds": seconds,
        }
    return results


def plot_accuracies(results: Mapping[str, Mapping[str, float]]) -> Axes:
    """Plot the train and the test accuracy of every model in one graph.

    Args:
        results: what compare_models returns.

    Returns:
        The Axes of a new figure, with one labelled line for each part.
    """
    names = list(results)
    _, axes = plt.subplots(figsize=(9, 6), layout="constrained")
    for part in ("train", "test"):
        axes.plot(names, [results[name][part] for name in names], marker="o", label=part)
    axes.set(title="Accuracy of the eight models", xlabel="model", ylabel="accuracy")
    axes.tick_params(axis="x", rotation=90)
    axes.legend()
    return axes


def _split(X: Tensor, y: Tensor, batch_size: int) -> list[tuple[Tensor, Tensor]]:
    # Once, before training: slicing anew in each epoch costs as much as a small model's step.
    return list(zip(X.split(batch_size), y.split(batch_size), strict=True))


def _average(batch_losses: list[Tensor], batches: list[tuple[Tensor, Tensor]]) -> float:
    # Over examples: a short last batch counts for less. Read from torch once per epoch, since
    # an item() after every batch costs more than the batch's own arithmetic.
    values = torch.stack(batch_losses).tolist()
    sizes = [len(X_batch) for X_batch, _ in batches]
    return float(np.average(values, weights=sizes))


# Of each model: its class (None: from scratch), its criterion, its batch size (None: all examples).
_RECIPES: dict[str, tuple[type[nn.Module] | None, type[nn.Module] | None, int | None]] = {
    "lm_scratch_full_gd": (None, None, None),
    "lm_scratch_sgd": (None, None, MINI_BATCH),
    "lm_torch_full_gd_mse": (Linear_Model, nn.MSELoss, None),
    "lm_torch_full_sgd_mse": (Linear_Model, nn.MSELoss, MINI_BATCH),
    "lm_torch_full_gd_ce": (Linear_Model, nn.CrossEntropyLoss, None),
    "lm_torch_full_sgd_ce": (Linear_Model, nn.CrossEntropyLoss, MINI_BATCH),
    "nn_torch_full_gd_ce": (NN_Model, nn.CrossEntropyLoss, None),
    "nn_torch_full_sgd_ce": (NN_Model, nn.CrossEntropyLoss, MINI_BATCH),
}


def _train_by_name(
    name: str,
    X: Tensor,
    Y: Tensor,
    labels: Tensor,
    max_epochs: int,
    lr: float,
    tolerance: float,
) -> nn.Module:
    kind, loss, size = _RECIPES[name]
    batch_size = size or len(X)
    features, classes = X.shape[1], Y.shape[1]
    if kind is None or loss is None:
        W, b = initializeWeightsAndBiases(classes, features)
        W, b, _ = train_linear_regression_model(max_epochs, batch_size, W, b, X, Y, lr, tolerance)
        return _as_module(W, b)
    y = Y if loss is nn.MSELoss else labels
    model = kind(features, classes)
    return train_torch_model(model, batch_size, loss(), max_epochs, X, y, lr, tolerance)[0]


def _as_module(W: Tensor, b: Tensor) -> nn.Module:
    model = Linear_Model(W.shape[1], W.shape[0])
    with torch.no_grad():
        model.linear.weight.copy_(W)
        model.linear.bias.copy_(b)
    return model
