"""Files that do not ship and that a check uses where they are there."""

import os
from pathlib import Path

from grader.data.mnist import cache_folder


def resnet50_weights() -> Path:
    """Where torchvision keeps the weights of `resnet50(pretrained=True)` once loaded.

    What `torch.hub.get_dir` says, without the import of torch.
    """
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    home = os.environ.get("TORCH_HOME") or Path(cache) / "torch"
    return Path(home) / "hub" / "checkpoints" / "resnet50-0676ba61.pth"


def elephant() -> Path:
    """The handout's photo; it may not be shipped, so an instructor puts it there."""
    return cache_folder() / "Elephant2.jpg"


def optional_files() -> tuple[Path, ...]:
    """All of them: what a check finds out depends on which are there."""
    return resnet50_weights(), elephant()
