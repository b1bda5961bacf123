"""HW2 Q2: classifying the 8x8 digits"""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from torch import Tensor, nn


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
    raise NotImplementedError("HW2 Q2 (a)")


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
    raise NotImplementedError("HW2 Q2 (a)")


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
    raise NotImplementedError("HW2 Q2 (a)")


def linear_model(W: Tensor, b: Tensor, XT: Tensor) -> Tensor:
    """Predict with the linear model y = W x + b, for every example at once.

    Args:
        W: weights, shape (classes, n).
        b: biases, shape (classes,).
        XT: examples, one per row, shape (m, n).

    Returns:
        Predictions of shape (m, classes), of the dtype of the inputs.
    """
    raise NotImplementedError("HW2 Q2 (a)")


def mse_loss(y_pred: Tensor, y: Tensor) -> Tensor:
    """Compute the handout's mean square error: squared error per example, averaged over examples.

    Args:
        y_pred: predictions, shape (m, classes).
        y: targets, shape (m, classes).

    Returns:
        A scalar tensor that can be differentiated with respect to y_pred.
    """
    raise NotImplementedError("HW2 Q2 (a)")


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
    raise NotImplementedError("HW2 Q2 (a)")


class Linear_Model(nn.Module):
    """One linear layer from the features to the classes.

    Args:
        num_features: number of features.
        num_classes: number of classes.
    """

    def __init__(self, num_features: int = 64, num_classes: int = 10) -> None:
        raise NotImplementedError("HW2 Q2 (b)")

    def forward(self, X: Tensor) -> Tensor:
        """Map examples of shape (m, num_features) to outputs of shape (m, num_classes)."""
        raise NotImplementedError("HW2 Q2 (b)")


class NN_Model(nn.Module):
    """A network with hidden layers of 32 and 16 units and ReLU activations.

    Args:
        num_features: number of features.
        num_classes: number of classes.
    """

    def __init__(self, num_features: int = 64, num_classes: int = 10) -> None:
        raise NotImplementedError("HW2 Q2 (d)")

    def forward(self, X: Tensor) -> Tensor:
        """Map examples of shape (m, num_features) to logits of shape (m, num_classes)."""
        raise NotImplementedError("HW2 Q2 (d)")


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
    raise NotImplementedError("HW2 Q2 (b)")


def accuracy(model: nn.Module, X: Tensor, y: Tensor) -> float:
    """Measure the share of examples whose largest output is that of their label.

    Args:
        model: maps (m, n) to (m, classes); left as it was.
        X: examples, shape (m, n).
        y: integer labels, shape (m,).

    Returns:
        A float in [0, 1].
    """
    raise NotImplementedError("HW2 Q2 (c)")


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
    raise NotImplementedError("HW2 Q2 (e)")


def plot_accuracies(results: Mapping[str, Mapping[str, float]]) -> Axes:
    """Plot the train and the test accuracy of every model in one graph.

    Args:
        results: what compare_models returns.

    Returns:
        The Axes of a new figure, with one labelled line for each part.
    """
    raise NotImplementedError("HW2 Q2 (e)")
