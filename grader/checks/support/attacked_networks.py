"""Small classifiers to attack, and the grader's own attacks on them.

A network is two 1x1 convolutions, each with BatchNorm and ReLU, and a linear layer. Its biases are
chosen so that the image is labelled `true_class` and a change of about `scale` in every pixel makes
any rival win: unsaturated, nearly linear inside the box, and another function altogether of an
image that was not normalised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.sandbox import builders, kits
from grader.sandbox.wire import Kit

if TYPE_CHECKING:
    import torch

    Objective = Callable[[torch.Tensor], torch.Tensor]
    """Logits (..., classes) to one number each (...)."""

CLASSES, SIDE, CHANNELS = 4, 4, 8
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
FACTORS = (1.2, 1.7, 2.4, 3.4, 4.8)
"""Box sizes to try, in the scale of a case. A step of 1.4 keeps the margin between 1.5 and 2.1."""


@dataclass(frozen=True)
class Case:
    """A classifier as a kit, an image in [0, 1] and what to ask for."""

    kit: Kit
    image: torch.Tensor
    true_class: int
    target_class: int
    scale: float

    @cached_property
    def model(self) -> Any:
        """The grader's own copy of the classifier."""
        return builders.build(self.kit.name, self.kit.data)

    def logits(self, image: torch.Tensor) -> torch.Tensor:
        """What the grader's copy says of an image: one number per class."""
        import torch

        with torch.no_grad():
            logits: torch.Tensor = self.model(normalised(image))[0]
        return logits

    def label(self, image: torch.Tensor) -> int:
        """The class of the largest logit."""
        return int(self.logits(image).argmax())

    def target_loss(self, image: torch.Tensor, target: int) -> float:
        """Cross-entropy of the target class."""
        logits = self.logits(image)
        return float(logits.logsumexp(0) - logits[target])


def normalised(image: torch.Tensor) -> torch.Tensor:
    """The image less ImageNet's mean, over its standard deviation."""
    import torch

    mean, std = (torch.tensor(t, dtype=image.dtype).view(1, 3, 1, 1) for t in (MEAN, STD))
    return (image - mean) / std


@lru_cache(maxsize=64)
def case(seed: int, dtype: str = "float32") -> Case:
    """The classifier and image of a seed."""
    import torch
    from torch.nn.functional import batch_norm, conv2d

    rng = np.random.default_rng(seed)
    kind = getattr(torch, dtype)

    def normal(*shape: int, scale: float = 1.0) -> torch.Tensor:
        return torch.tensor(rng.normal(scale=scale, size=shape), dtype=kind)

    # Some pixels are exactly 0 or 1, where only one direction is open.
    pixels = np.round(rng.uniform(-0.1, 1.1, (1, 3, SIDE, SIDE)).clip(0, 1) * 16) / 16
    image = torch.tensor(pixels, dtype=kind)
    layers: list[kits.Layer] = []
    hidden, inputs = normalised(image), 3
    for _ in range(2):
        weights = {
            "weight": normal(CHANNELS, inputs, 1, 1, scale=inputs**-0.5),
            "bias": normal(CHANNELS, scale=0.5),
        }
        before = conv2d(hidden, weights["weight"], weights["bias"])
        statistics = {
            "running_mean": before.mean((0, 2, 3)),
            "running_var": before.var((0, 2, 3)),
            "weight": normal(CHANNELS).abs() * 0.2 + 0.9,
            "bias": normal(CHANNELS, scale=0.3),
        }
        mean, variance = statistics["running_mean"], statistics["running_var"]
        shaped = batch_norm(before, mean, variance, statistics["weight"], statistics["bias"])
        hidden = torch.relu(shaped)
        sizes = {"in_channels": inputs, "out_channels": CHANNELS, "kernel_size": 1}
        layers += [
            ("Conv2d", sizes, weights),
            (
                "BatchNorm2d",
                {"num_features": CHANNELS},
                {**statistics, "num_batches_tracked": torch.tensor(1)},
            ),
            ("ReLU", {}, {}),
        ]
        inputs = CHANNELS
    layers.append(("Flatten", {}, {}))
    true_class = int(rng.integers(CLASSES))
    target = (true_class + 1 + int(rng.integers(CLASSES - 1))) % CLASSES
    scale = float(rng.uniform(0.01, 0.03))
    weight = normal(CLASSES, hidden.numel(), scale=hidden.numel() ** -0.5)
    weight, bias = _balanced(
        layers, weight, image, true_class, scale * rng.uniform(1, 1.3, CLASSES)
    )
    kit = kits.sequential([*layers, _last(weight, bias)])
    return Case(kit, image, true_class, target, scale)


def _last(weight: torch.Tensor, bias: torch.Tensor) -> kits.Layer:
    sizes = {"in_features": weight.shape[1], "out_features": weight.shape[0]}
    return ("Linear", sizes, {"weight": weight, "bias": bias})


def _balanced(
    layers: list[kits.Layer],
    weight: torch.Tensor,
    image: torch.Tensor,
    true_class: int,
    distances: np.ndarray,
) -> tuple[torch.Tensor, torch.Tensor]:
    # The last layer: rival i is, to first order, the change `distances[i]` of every pixel away, and
    # the logits differ by about 1, far from saturation.
    import torch

    zero = torch.zeros(CLASSES, dtype=image.dtype)
    kit = kits.sequential([*layers, _last(weight, zero)])
    leaf = image.clone().requires_grad_(True)
    logits = builders.build(kit.name, kit.data)(normalised(leaf))[0]
    gaps = zero.clone()
    for rival in set(range(CLASSES)) - {true_class}:
        difference = logits[true_class] - logits[rival]
        (slope,) = torch.autograd.grad(difference, leaf, retain_graph=True)
        gaps[rival] = distances[rival] * slope.abs().sum()
    unit = 1.2 * (CLASSES - 1) / gaps.sum()
    return weight * unit, (-logits.detach() - gaps) * unit


def away_from(true_class: int) -> Objective:
    """Untargeted: the best rival's lead over the true class, negative while that still wins."""

    def lead(logits: torch.Tensor) -> torch.Tensor:
        return _best_but(logits, true_class) - logits[..., true_class]

    return lead


def toward(target: int) -> Objective:
    """Targeted: the target's lead over the best other class."""

    def lead(logits: torch.Tensor) -> torch.Tensor:
        return logits[..., target] - _best_but(logits, target)

    return lead


def _best_but(logits: torch.Tensor, index: int) -> torch.Tensor:
    import torch

    return torch.cat([logits[..., :index], logits[..., index + 1 :]], dim=-1).amax(-1)


@lru_cache(maxsize=256)
def untargeted_epsilon(seed: int, true_class: int, dtype: str = "float32") -> float | None:
    """1.5 times the epsilon that the grader's own attack needs; None beyond `FACTORS`."""
    given = case(seed, dtype)
    goal = away_from(true_class)
    return _generous(given, goal, [lambda z: z[..., true_class] - z.logsumexp(-1)])


@lru_cache(maxsize=256)
def targeted_epsilon(
    seed: int, true_class: int, target: int, dtype: str = "float32"
) -> float | None:
    """The same for a target, where both usual losses succeed: with and without the true class."""
    given = case(seed, dtype)
    losses: list[Objective] = [
        lambda z: z.logsumexp(-1) - z[..., target],
        lambda z: z[..., true_class] - z[..., target],
    ]
    return _generous(given, toward(target), losses)


def _generous(given: Case, goal: Objective, losses: Iterable[Objective]) -> float | None:
    import torch

    enough = [factor * given.scale for factor in FACTORS]
    generous = [1.5 * epsilon for epsilon in enough]
    boxes = torch.tensor([enough, generous], dtype=given.image.dtype)
    # A larger box can also hurt: a loss that no other class appears in drifts to such a class.
    solved = torch.stack([_succeeds(given, goal, loss, boxes.flatten()) for loss in losses])
    for number, both in enumerate(solved.all(0).view(2, -1).all(0).tolist()):
        if both:
            return round(generous[number], 4)
    return None


def _succeeds(
    given: Case, goal: Objective, loss: Objective, epsilons: torch.Tensor
) -> torch.Tensor:
    """For each epsilon, whether 30 signed steps on a loss reach the goal: all in one batch."""
    import torch

    image, epsilon = given.image, epsilons.view(-1, 1, 1, 1)
    lowest, highest = (image - epsilon).clamp(min=0), (image + epsilon).clamp(max=1)
    current = image.expand(len(epsilons), -1, -1, -1)
    for _ in range(30):
        leaf = current.clone().requires_grad_(True)
        (slope,) = torch.autograd.grad(loss(given.model(normalised(leaf))).sum(), leaf)
        current = torch.clamp(current - epsilon / 4 * slope.sign(), lowest, highest)
    with torch.no_grad():
        return goal(given.model(normalised(current))) > 0
