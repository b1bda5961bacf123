"""What a figure must show: the curves and images that it was given, wherever they are placed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.checks.support.compare import holds
from grader.engine.failures import StudentError

if TYPE_CHECKING:
    import torch


KINDS = {"axes": "Axes", "figure": "Figure"}


def described(drawing: Any, function: str, kind: str) -> Mapping[str, Any]:
    """What an object kept in the worker shows: the "axes" or the "figure" of a plot function."""
    try:
        shown: Mapping[str, Any] = drawing.describe()
        found = str(shown["kind"])
    except StudentError as error:
        if not error.is_a(TypeError):
            raise
        shown, found = {}, error.message
    law = f"{function} must return the matplotlib {KINDS[kind]} that it drew on"
    holds(found == kind, law, got=found, expected=kind)
    return shown


def shows_curves(figure: Mapping[str, Any], wanted: Mapping[str, Sequence[float]]) -> None:
    """Each named sequence is a line of the figure, on any of its axes, over increasing epochs."""
    lines = [line for axes in figure["axes"] for line in axes["lines"]]
    for name, values in wanted.items():
        found = [line for line in lines if _equal(line["y"], np.asarray(values))]
        holds(
            bool(found),
            law=f"the figure has a line with the {name} of each epoch",
            got=f"{len(lines)} lines with {[len(line['y']) for line in lines]} points",
            expected=f"a line through {np.round(values, 3).tolist()}",
        )
        holds(
            bool((np.diff(found[0]["x"]) > 0).all()),
            law=f"the {name} is drawn over the epochs, from the first to the last",
            got=found[0]["x"],
        )


def shows_grid(figure: Mapping[str, Any], images: torch.Tensor, rows: int) -> None:
    """Every image is shown once: each on axes of its own, or all as the tiles of one picture."""
    wanted = images.numpy().astype(float)
    shown = [image for axes in figure["axes"] for image in axes["images"]]
    if len(shown) == 1 and len(wanted) > 1:
        shown = list(_tiles(shown[0], rows, len(wanted) // rows))
    holds(
        len(shown) == len(wanted),
        law=f"the figure shows {len(wanted)} images",
        got=f"{len(shown)} images",
    )
    for number, image in enumerate(wanted):
        holds(
            any(_equal(_grey(other), image) for other in shown),
            law=f"image {number + 1} of {len(wanted)} is in the figure, with its own pixels",
            got="no image of the figure equals it",
        )
    for axes in figure["axes"]:
        for image, limits in zip(axes["images"], axes["limits"], strict=True):
            _runs_from_black_to_white(image, *limits)


def _runs_from_black_to_white(image: np.ndarray, low: float, high: float) -> None:
    """A picture of one channel has its colours from 0 to 1 (or 255), give or take a quarter."""
    white = 255.0 if image.max() > 1.5 else 1.0
    holds(
        image.ndim == 3 or (abs(low) <= 0.25 * white and abs(high - white) <= 0.25 * white),
        law="the colours of an image run from black at 0 to white at 1",
        got=f"from {low:g} to {high:g}",
        expected=f"from 0 to {white:g}",
        hint="vmin=0 and vmax=1 fit images in [0, 1]",
    )


def rows_of(figure: Mapping[str, Any]) -> list[list[np.ndarray]]:
    """The images of a figure by rows, from the top, each row from the left."""
    placed = [
        (round(-axes["position"][1], 2), axes["position"][0], axes["images"][0])
        for axes in figure["axes"]
        if axes["images"]
    ]
    heights = sorted({height for height, _, _ in placed})
    return [
        [_grey(image) for at, _, image in sorted(placed, key=lambda p: p[:2]) if at == height]
        for height in heights
    ]


def same_image(shown: np.ndarray, image: torch.Tensor) -> bool:
    """Whether a shown image has these pixels, as they are or in 0..255."""
    return _equal(shown, image.reshape(28, 28).numpy())


def _tiles(picture: np.ndarray, rows: int, columns: int) -> Iterator[np.ndarray]:
    """The 28 x 28 tiles of one picture, with or without a border around each."""
    grey = _grey(picture)
    gaps = [
        (pad, edge)
        for pad in range(9)
        for edge in (pad, 0)
        if grey.shape == (28 * rows + pad * (rows - 1) + 2 * edge,
                          28 * columns + pad * (columns - 1) + 2 * edge)
    ]  # fmt: skip
    for pad, edge in gaps[:1]:
        for row in range(rows):
            for column in range(columns):
                top, left = edge + row * (28 + pad), edge + column * (28 + pad)
                yield grey[top : top + 28, left : left + 28]


def _grey(image: np.ndarray) -> np.ndarray:
    """One channel of a picture that has three or four, or one of its own."""
    return image[..., 0] if image.ndim == 3 else image


def _equal(shown: Any, wanted: np.ndarray) -> bool:
    shown = np.asarray(shown, dtype=float)
    if shown.shape != wanted.shape:
        return False
    # half a step of 8 bits: pictures may have been rounded to 0..255
    return any(np.allclose(shown / scale, wanted, atol=0.003) for scale in (1, 255))
