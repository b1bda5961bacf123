"""The shipped 784-1024-1024-10 classifier: its layers, logits and penultimate features."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

from grader.data.mnist import SHIPPED
from grader.errors import DataError
from grader.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    import torch

    Layers: TypeAlias = Sequence[tuple[torch.Tensor, torch.Tensor]]

SIZES = (784, 1024, 1024, 10)
FILE = SHIPPED / "classifier.pt"
BATCH = 1000
SHA256 = "94036317fe7a3397270527ae3f396670a2600c0baa1d63651c8726b89e71b996"


def layers() -> list[tuple[torch.Tensor, torch.Tensor]]:
    """(W, b) of every layer in order, W (outputs, inputs), b (outputs,), float32; fresh copies."""
    return [(weight.clone(), bias.clone()) for weight, bias in _loaded()]


def logits(x: torch.Tensor, layers: Layers | None = None) -> torch.Tensor:
    """Logits (m, 10) of images (m, 784) in [0, 1], in batches, without gradients."""
    return _batched(x, layers, -1)


def features(x: torch.Tensor, layers: Layers | None = None) -> torch.Tensor:
    """Penultimate features (m, 1024), after ReLU, of images (m, 784) in [0, 1]."""
    return _batched(x, layers, -2)


def forward(layers: Layers, x: torch.Tensor) -> list[torch.Tensor]:
    """What every layer hands on: after ReLU for the hidden ones, logits last; differentiable."""
    outputs = []
    for index, (weight, bias) in enumerate(layers):
        x = x @ weight.T + bias
        x = x.relu() if index < len(layers) - 1 else x
        outputs.append(x)
    return outputs


def save(layers: Layers, path: Path) -> str:
    """Write the layers as one torch file, in one step; returns its SHA-256."""
    import torch

    state = {
        f"{name}{i}": tensor
        for i, pair in enumerate(layers)
        for name, tensor in zip("Wb", pair, strict=True)
    }
    buffer = io.BytesIO()
    torch.save(state, buffer)
    write_whole(path, buffer.getvalue())
    return hashlib.sha256(buffer.getvalue()).hexdigest()


@cache
def _loaded() -> tuple[tuple[torch.Tensor, torch.Tensor], ...]:
    import torch

    raw = FILE.read_bytes()
    if hashlib.sha256(raw).hexdigest() != SHA256:
        raise DataError(f"{FILE.name} is damaged: its SHA-256 is not the shipped one's")
    state = torch.load(io.BytesIO(raw), weights_only=True)
    return tuple((state[f"W{i}"], state[f"b{i}"]) for i in range(len(SIZES) - 1))


def _batched(x: torch.Tensor, layers: Layers | None, which: int) -> torch.Tensor:
    import torch

    with torch.no_grad():
        # of no images one empty batch, so that the result has its columns
        starts = range(0, len(x), BATCH) if len(x) else [0]
        batches = (x[start : start + BATCH] for start in starts)
        return torch.cat([forward(layers or _loaded(), batch)[which] for batch in batches])
