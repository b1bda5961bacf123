"""Files that do not ship and that a check uses where they are there."""

import os
from pathlib import Path


def cache_folder() -> Path:
    """Where fetched data lives: $GRADER_CACHE, else the user's cache folder."""
    if chosen := os.environ.get("GRADER_CACHE"):
        return Path(chosen)
    return _user_cache() / "homework-grader"


def resnet50_weights() -> Path:
    """Where torchvision keeps the weights of `resnet50(pretrained=True)` once loaded.

    What `torch.hub.get_dir` says, without the import of torch.
    """
    home = os.environ.get("TORCH_HOME") or _user_cache() / "torch"
    return Path(home) / "hub" / "checkpoints" / "resnet50-0676ba61.pth"


def elephant() -> Path:
    """The handout's photo; it may not be shipped, so an instructor puts it there."""
    return cache_folder() / "Elephant2.jpg"


def optional_files() -> tuple[Path, ...]:
    """All of them: what a check finds out depends on which are there."""
    return resnet50_weights(), elephant()


def _user_cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME")
    return Path(base) if base else Path.home() / ".cache"
