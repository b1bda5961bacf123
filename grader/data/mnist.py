"""MNIST: the shipped test part, the fetched training part, both verified when they are read."""

from __future__ import annotations

import gzip
import hashlib
import struct
from dataclasses import dataclass
from functools import cache
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from grader.data.optional import cache_folder
from grader.errors import DataError

if TYPE_CHECKING:
    import torch

SHIPPED = Path(__file__).parent / "files"

_UINT8 = 0x08


@dataclass(frozen=True)
class IdxFile:
    """One of MNIST's four raw files: its name, the shape it holds and the sum it must have."""

    name: str
    shape: tuple[int, ...]
    sha256: str

    def verify(self, raw: bytes) -> np.ndarray:
        """The array in `raw`, a view that cannot be written; DataError unless it is this file."""
        if hashlib.sha256(raw).hexdigest() != self.sha256:
            raise DataError(f"{self.name} is damaged: its SHA-256 is not MNIST's")
        header = 4 + 4 * len(self.shape)
        magic, *shape = struct.unpack(f">{1 + len(self.shape)}I", raw[:header])
        if magic != _UINT8 << 8 | len(self.shape) or tuple(shape) != self.shape:
            raise DataError(f"{self.name} is not an IDX file of shape {self.shape}")
        return np.frombuffer(raw, np.uint8, prod(shape), header).reshape(self.shape)


TRAIN_IMAGES = IdxFile(
    "train-images-idx3-ubyte",
    (60_000, 28, 28),
    "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
)
TRAIN_LABELS = IdxFile(
    "train-labels-idx1-ubyte",
    (60_000,),
    "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
)
TEST_IMAGES = IdxFile(
    "t10k-images-idx3-ubyte",
    (10_000, 28, 28),
    "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
)
TEST_LABELS = IdxFile(
    "t10k-labels-idx1-ubyte",
    (10_000,),
    "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
)
FILES = (TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS)


def test_images() -> torch.Tensor:
    """The 10,000 held-out images, (10000, 784) float32 in [0, 1]."""
    return _images(_shipped(TEST_IMAGES))


def test_labels() -> torch.Tensor:
    """Their digits, (10000,) int64."""
    return _labels(_shipped(TEST_LABELS))


def train_images() -> torch.Tensor:
    """The 60,000 training images, (60000, 784) float32 in [0, 1]; `grader data` fetches them."""
    return _images(_fetched(TRAIN_IMAGES))


def train_labels() -> torch.Tensor:
    """Their digits, (60000,) int64."""
    return _labels(_fetched(TRAIN_LABELS))


@cache
def _shipped(file: IdxFile) -> np.ndarray:
    return file.verify(gzip.decompress((SHIPPED / f"{file.name}.gz").read_bytes()))


def _fetched(file: IdxFile) -> np.ndarray:
    path = cache_folder() / file.name
    if not path.is_file():
        raise DataError(f"{file.name} is not in {path.parent}: run `grader data` to fetch MNIST")
    return file.verify(path.read_bytes())


def _images(pixels: np.ndarray) -> torch.Tensor:
    import torch

    # astype copies: the caller may write to what it gets, the cached bytes stay as they are
    return torch.from_numpy(pixels.reshape(len(pixels), -1).astype(np.float32) / 255)


def _labels(digits: np.ndarray) -> torch.Tensor:
    import torch

    return torch.from_numpy(digits.astype(np.int64))
