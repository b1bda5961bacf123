"""HW2 Q3: robustness of neural networks"""

from collections.abc import Callable, Sequence

import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes
from torch import Tensor, nn
from torch.nn import functional

_BATCH = 1000  # examples; their activations stay in the processor's cache


def _input_gradient(model: nn.Module, x: Tensor, delta: Tensor, y: Tensor) -> Tensor:
    delta = delta.detach().requires_grad_()
    loss = functional.cross_entropy(model(x + delta), y)
    # autograd.grad, unlike backward, leaves the .grad of the parameters alone.
    return torch.autograd.grad(loss, delta)[0]


def fgsm(model: nn.Module, x: Tensor, y: Tensor, epsilon: float = 0.05) -> Tensor:
    """Perturbation found by the fast gradient sign method (Goodfellow et al., arXiv:1412.6572).

    The loss is the mean cross entropy of the batch. The model is only evaluated: its parameters,
    their gradients and its mode are afterwards what they were.

    Args:
        model: classifier from ``(m, n)`` inputs to ``(m, classes)`` logits.
        x: examples, ``(m, n)``, floating point.
        y: true classes, int64 of shape ``(m,)``.
        epsilon: size of the perturbation in every coordinate.

    Returns:
        ``delta``, shape and dtype of ``x``. ``x + delta`` may leave the pixel range: whoever
        evaluates it clips.
    """
    return epsilon * _input_gradient(model, x, torch.zeros_like(x), y).sign()


def pgd(
    model: nn.Module, x: Tensor, y: Tensor, alpha: float, epsilon: float, num_iter: int
) -> Tensor:
    """Perturbation found by projected gradient steps (Madry et al., arXiv:1706.06083).

    Starts at zero and repeats ``delta := P(delta + alpha * gradient)``: the gradient is that of
    the mean cross entropy of ``model(x + delta)`` with respect to ``delta``, and ``P`` projects
    onto the l-infinity ball of radius ``epsilon``. The model is only evaluated: its parameters,
    their gradients and its mode are afterwards what they were.

    Args:
        model: classifier from ``(m, n)`` inputs to ``(m, classes)`` logits.
        x: examples, ``(m, n)``, floating point.
        y: true classes, int64 of shape ``(m,)``.
        alpha: step size.
        epsilon: radius of the ball.
        num_iter: number of steps.

    Returns:
        ``delta``, shape and dtype of ``x``, not clipped to the pixel range.
    """
    delta = torch.zeros_like(x)
    for _ in range(num_iter):
        step = alpha * _input_gradient(model, x, delta, y)
        delta = (delta + step).clamp(-epsilon, epsilon)
    return delta


def accuracy_under_attack(
    model: nn.Module,
    X: Tensor,
    y: Tensor,
    attack: Callable[..., Tensor],
    epsilons: Sequence[float],
    **attack_kwargs: float,
) -> list[float]:
    """Accuracy on perturbed examples, for each of several attack budgets.

    Works through the examples in batches, so that the 10,000 test images of MNIST take less than
    1 GiB. The model is only evaluated.

    Args:
        model: classifier from ``(m, n)`` inputs to ``(m, classes)`` logits.
        X: examples with pixels in [0, 1], ``(m, n)``, floating point.
        y: true classes, int64 of shape ``(m,)``.
        attack: ``fgsm``, ``pgd`` or a function like them: called as
            ``attack(model, x, y, epsilon=..., **attack_kwargs)``, it returns a perturbation of
            the shape of ``x``.
        epsilons: the attack budgets; 0 stands for no attack.
        attack_kwargs: further arguments of ``attack``, such as ``alpha`` and ``num_iter``.

    Returns:
        One accuracy in [0, 1] per budget, in the order of ``epsilons``, as floats. The perturbed
        examples are clipped to the pixel range before they are classified.
    """
    accuracies = []
    for epsilon in epsilons:
        correct = 0
        for x_batch, y_batch in zip(X.split(_BATCH), y.split(_BATCH), strict=True):
            delta = attack(model, x_batch, y_batch, epsilon=epsilon, **attack_kwargs)
            with torch.no_grad():
                labels = model((x_batch + delta).clamp(0, 1)).argmax(dim=1)
            correct += int((labels == y_batch).sum())
        accuracies.append(correct / len(X))
    return accuracies


def plot_accuracy_vs_epsilon(
    epsilons: Sequence[float], fgsm_accuracies: Sequence[float], pgd_accuracies: Sequence[float]
) -> Axes:
    """Draw accuracy against attack budget: one graph, one labelled line for each attack.

    Args:
        epsilons: the attack budgets.
        fgsm_accuracies: accuracy under FGSM for each of them.
        pgd_accuracies: accuracy under PGD for each of them.

    Returns:
        The Axes of a new figure, with a legend; the figure is not shown.
    """
    _, axes = plt.subplots()
    axes.plot(epsilons, fgsm_accuracies, marker="o", label="FGSM")
    axes.plot(epsilons, pgd_accuracies, marker="s", label="PGD")
    axes.set_xlabel("epsilon")
    axes.set_ylabel("accuracy")
    axes.set_title("Accuracy vs epsilon")
    axes.legend()
    return axes


@torch.no_grad()
def _propagate(
    model_layers: Sequence[nn.Linear], x: Tensor, epsilon: float | Tensor
) -> list[tuple[Tensor, Tensor]]:
    # epsilon is one number, or a column of one per example.
    bounds = [((x - epsilon).clamp(min=0), (x + epsilon).clamp(max=1))]
    for i, layer in enumerate(model_layers):
        lower, upper = bounds[-1]
        if i > 0:
            lower, upper = lower.relu(), upper.relu()
        # A linear layer maps the centre of a box like any point, and its radius by the absolute
        # weights. The same bounds as from the positive and negative parts, at half the products.
        centre = layer((lower + upper) / 2)
        radius = (upper - lower) / 2 @ layer.weight.abs().T
        bounds.append((centre - radius, centre + radius))
    return bounds


def bound_propagation(
    model_layers: Sequence[nn.Linear], x: Tensor, epsilon: float
) -> list[tuple[Tensor, Tensor]]:
    """Interval bounds of every layer over an l-infinity ball (Gowal et al., arXiv:1810.12715).

    Args:
        model_layers: the ``L`` linear layers in order; ReLU between them is implied.
        x: examples with values in [0, 1], ``(m, n)``, floating point.
        epsilon: radius of the ball, at least 0.

    Returns:
        ``L + 1`` pairs ``(lower, upper)`` of tensors of the dtype of ``x``. Entry 0 is the input
        box, cut to [0, 1]: ``(m, n)``. Entry ``i`` holds the bounds of layer ``i`` before any
        activation: ``(m, width of the layer)``.
    """
    return _propagate(model_layers, x, epsilon)


def _count_certified(
    grid: Tensor, model_layers: Sequence[nn.Linear], x: Tensor, y: Tensor, num_classes: int
) -> Tensor:
    true_class = functional.one_hot(y, num_classes).bool()
    # All examples are bisected together, each at its own epsilon: a step costs one propagation of
    # the batch. Invariant per example: grid[:low] is certified, grid[high:] is not.
    low, high = torch.zeros_like(y), torch.full_like(y, len(grid))
    for _ in range(len(grid).bit_length()):
        searching = low < high
        middle = ((low + high) // 2).clamp(max=len(grid) - 1)
        lower, upper = _propagate(model_layers, x, grid[middle, None])[-1]
        rival = upper.masked_fill(true_class, -torch.inf).amax(dim=1)
        certified = lower[true_class] > rival
        low = torch.where(searching & certified, middle + 1, low)
        high = torch.where(searching & ~certified, middle, high)
    return low


def binary_search(
    epsilons: Sequence[float],
    model_layers: Sequence[nn.Linear],
    x: Tensor,
    y: Tensor,
    num_classes: int,
) -> list[float | None]:
    """Largest radius of a list at which interval bounds certify each example.

    An example of class ``c`` is certified when its lower bound of logit ``c`` is greater than the
    upper bounds of all other logits.

    Args:
        epsilons: candidate radii in increasing order.
        model_layers: the linear layers in order; ReLU between them is implied.
        x: examples with values in [0, 1], ``(m, n)``, floating point.
        y: true classes, int64 of shape ``(m,)``.
        num_classes: number of logits.

    Returns:
        A list of ``m``: for each example the largest certified member of ``epsilons``, or ``None``
        where not even the smallest is. The number of bound propagations grows with the logarithm
        of ``len(epsilons)``.
    """
    grid = torch.as_tensor(epsilons, dtype=x.dtype, device=x.device)
    batches = zip(x.split(_BATCH), y.split(_BATCH), strict=True)
    counts = [_count_certified(grid, model_layers, *batch, num_classes) for batch in batches]
    return [float(epsilons[k - 1]) if k > 0 else None for k in torch.cat(counts).tolist()]
