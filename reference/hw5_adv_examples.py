"""HW5 P7: adversarial examples for an ImageNet classifier"""

from collections.abc import Callable, Mapping, Sequence

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure
from torch import nn
from torch.nn.functional import cross_entropy

# given
IMAGENET_MEAN = (0.485, 0.456, 0.406)
# given
IMAGENET_STD = (0.229, 0.224, 0.225)

# An image counts as done when the wanted class leads by this many logits: one on the very border
# could fall back when another machine rounds differently.
_LEAD = 0.1


def normalize(image: torch.Tensor) -> torch.Tensor:
    """Normalise an image the way the ImageNet classifiers were trained.

    Args:
        image: RGB pixels in [0, 1], shape (1, 3, H, W), floating point.

    Returns:
        Each channel less `IMAGENET_MEAN`, over `IMAGENET_STD`; shape and dtype of the image.
    """
    mean = torch.tensor(IMAGENET_MEAN, dtype=image.dtype, device=image.device).view(1, 3, 1, 1)
    std = torch.tensor(IMAGENET_STD, dtype=image.dtype, device=image.device).view(1, 3, 1, 1)
    return (image - mean) / std


def untargeted_attack(
    model: nn.Module,
    image: torch.Tensor,
    true_class: int,
    epsilon: float,
    steps: int,
    lr: float,
) -> torch.Tensor:
    """Change an image a little so that the classifier no longer calls it `true_class`.

    Args:
        model: classifier in eval mode; takes a normalised image, returns logits (1, classes). It is
            left exactly as it was.
        image: RGB pixels in [0, 1], not normalised, shape (1, 3, H, W), floating point.
        true_class: index of the class to get away from.
        epsilon: largest change of any pixel, in the unit of the pixels.
        steps: largest number of optimisation steps.
        lr: step size.

    Returns:
        The adversarial image in pixels (not normalised), shape and dtype of `image`, within epsilon
        of it and within [0, 1] everywhere; the best image found if no step succeeds.

    Source: Goodfellow et al. 2015 and Kurakin et al. 2017 describe attacks of this kind.
    """

    def objective(logits: torch.Tensor) -> torch.Tensor:
        return -cross_entropy(logits, torch.tensor([true_class], device=logits.device))

    def lead(logits: torch.Tensor) -> float:
        others = _without(logits, true_class)
        return float(others.max() - logits[0, true_class])

    return _descend(model, image, epsilon, steps, lr, objective, lead)


def targeted_attack(
    model: nn.Module,
    image: torch.Tensor,
    true_class: int,
    target_class: int,
    epsilon: float,
    steps: int,
    lr: float,
) -> torch.Tensor:
    """Change an image a little so that the classifier calls it `target_class`.

    The loss has two parts: toward the target, and away from the true class.

    Args:
        model: classifier in eval mode; takes a normalised image, returns logits (1, classes). It is
            left exactly as it was.
        image: RGB pixels in [0, 1], not normalised, shape (1, 3, H, W), floating point.
        true_class: index of the class to get away from.
        target_class: index of the class to reach.
        epsilon: largest change of any pixel, in the unit of the pixels.
        steps: largest number of optimisation steps.
        lr: step size.

    Returns:
        The adversarial image in pixels (not normalised), shape and dtype of `image`, within epsilon
        of it and within [0, 1] everywhere; the best image found if no step succeeds.
    """

    def objective(logits: torch.Tensor) -> torch.Tensor:
        toward = cross_entropy(logits, torch.tensor([target_class], device=logits.device))
        # -log(1 - p_true) is bounded below, unlike log p_true: once the true class is beaten it
        # stops pulling, and the whole budget goes to the target.
        others = _without(logits, true_class)
        away = torch.logsumexp(logits, dim=1) - torch.logsumexp(others, dim=1)
        return toward + away.sum()

    def lead(logits: torch.Tensor) -> float:
        others = _without(logits, target_class)
        return float(logits[0, target_class] - others.max())

    return _descend(model, image, epsilon, steps, lr, objective, lead)


def label_of(index: int, labels: Sequence[str] | Mapping[str, str]) -> str:
    """Look up the name of a class.

    Args:
        index: index of the class.
        labels: the names in a list, or the handout's dictionary, whose keys are the indices as
            strings ("101").

    Returns:
        The name.
    """
    return labels[str(index)] if isinstance(labels, Mapping) else labels[index]


def plot_adversarial(
    image: torch.Tensor, adversarial: torch.Tensor, labels: tuple[str, str]
) -> Figure:
    """Show the original image and the adversarial one side by side.

    Args:
        image: the original pixels in [0, 1], shape (1, 3, H, W).
        adversarial: the adversarial pixels in [0, 1], shape (1, 3, H, W).
        labels: the two titles: what the classifier calls the first image, and the second.

    Returns:
        A new figure with two images, each under its title. The figure is not shown.
    """
    figure, both_axes = plt.subplots(1, 2)
    for axes, pixels, label in zip(both_axes, (image, adversarial), labels, strict=True):
        axes.imshow(pixels.detach()[0].permute(1, 2, 0).cpu().numpy())
        axes.set_title(label)
        axes.axis("off")
    return figure


def _descend(
    model: nn.Module,
    image: torch.Tensor,
    epsilon: float,
    steps: int,
    lr: float,
    objective: Callable[[torch.Tensor], torch.Tensor],
    lead: Callable[[torch.Tensor], float],
) -> torch.Tensor:
    # Projected sign descent. The sign makes lr a step in pixels whatever the size of the gradient.
    lowest, highest = _box(image, epsilon)
    current = image.detach().clone()
    best, best_loss = current, float("inf")
    for _ in range(steps + 1):
        current.requires_grad_(True)
        logits = model(normalize(current))
        loss = objective(logits)
        if lead(logits.detach()) > _LEAD:
            return current.detach()
        if loss.item() < best_loss:
            best, best_loss = current.detach(), loss.item()
        # autograd.grad, not backward: backward would fill the .grad of the model's parameters.
        (gradient,) = torch.autograd.grad(loss, current)
        stepped = current.detach() - lr * gradient.sign()
        current = torch.clamp(stepped, lowest, highest)
    return best


def _box(image: torch.Tensor, epsilon: float) -> tuple[torch.Tensor, torch.Tensor]:
    # A bound that was rounded outward lies a bit more than epsilon away: move it inward by one ulp.
    exact = image.detach().double()
    lowest = (exact - epsilon).clamp(min=0).to(image.dtype)
    highest = (exact + epsilon).clamp(max=1).to(image.dtype)
    lowest = torch.where(exact - lowest > epsilon, torch.nextafter(lowest, highest), lowest)
    highest = torch.where(highest - exact > epsilon, torch.nextafter(highest, lowest), highest)
    return lowest, highest


def _without(logits: torch.Tensor, index: int) -> torch.Tensor:
    return torch.cat([logits[:, :index], logits[:, index + 1 :]], dim=1)
