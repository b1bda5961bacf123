"""HW5 P7: adversarial examples for an ImageNet classifier"""

from collections.abc import Mapping, Sequence

import torch
from matplotlib.figure import Figure
from torch import nn

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)


def normalize(image: torch.Tensor) -> torch.Tensor:
    """Normalise an image the way the ImageNet classifiers were trained.

    Args:
        image: RGB pixels in [0, 1], shape (1, 3, H, W), floating point.

    Returns:
        Each channel less `IMAGENET_MEAN`, over `IMAGENET_STD`; shape and dtype of the image.
    """
    raise NotImplementedError("HW5 P7 (a)")


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
    raise NotImplementedError("HW5 P7 (a)")


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
    raise NotImplementedError("HW5 P7 (b)")


def label_of(index: int, labels: Sequence[str] | Mapping[str, str]) -> str:
    """Look up the name of a class.

    Args:
        index: index of the class.
        labels: the names in a list, or the handout's dictionary, whose keys are the indices as
            strings ("101").

    Returns:
        The name.
    """
    raise NotImplementedError("HW5 P7 (a)")


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
    raise NotImplementedError("HW5 P7 (b)")
