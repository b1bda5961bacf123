"""What a figure must show: the curves and images that it was given, wherever they are placed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from grader.checks.support.compare import holds
from grader.engine.failures import StudentError

if TYPE_CHECKING:
    import torch

KINDS = {"axes": "Axes", "figure": "Figure"}
MOST_PAD = 16
"""Pixels between the tiles of a picture, at most."""


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


def shows_grid(
    figure: Mapping[str, Any], images: torch.Tensor, rows: int, *, beyond: bool = False
) -> list[list[np.ndarray]]:
    """Every image is shown once; returns what is shown by rows, from the top left.

    Each stands on axes of its own, or all are tiles of one picture, or those of each row of one.
    Where pixels lie `beyond` [0, 1], the colours may run as far on both sides.
    """
    wanted = images.numpy().astype(float)
    placed = _placed(figure, wanted, rows)
    holds(
        len(placed) == len(wanted),
        law=f"the figure shows {len(wanted)} images",
        got=f"{len(placed)} images",
    )
    for number, image in enumerate(wanted):
        holds(
            any(_equal(other, image) for _, _, other in placed),
            law=f"image {number + 1} of {len(wanted)} is in the figure, with its own pixels",
            got="no image of the figure equals it",
        )
    for axes in figure["axes"]:
        for image, limits in zip(axes["images"], axes["limits"], strict=True):
            _runs_from_black_to_white(image, limits[0], limits[1], beyond)
    found: dict[Any, list[np.ndarray]] = {}
    for height, _, image in sorted(placed, key=lambda part: part[:2]):
        found.setdefault(height, []).append(image)
    return list(found.values())


def _runs_from_black_to_white(image: np.ndarray, low: float, high: float, beyond: bool) -> None:
    """A picture of one channel has its colours from 0 to 1 (or 255), give or take a quarter."""
    white = 255.0 if image.max() > 1.5 else 1.0
    room = 0.25 * white
    right = abs(low) <= room and abs(high - white) <= room
    around = low <= 0 and white <= high and abs(low + high - white) <= room
    holds(
        image.ndim == 3 or right or (beyond and around),
        law="the colours of an image run from black at 0 to white at 1",
        got=f"from {low:g} to {high:g}",
        expected=f"from 0 to {white:g}",
        hint="vmin=0 and vmax=1 fit images in [0, 1]",
    )


Placed: TypeAlias = tuple[tuple[float, int], tuple[float, int], np.ndarray]
"""How far down and how far right a picture of one channel stands, in the figure and as a tile."""


def _placed(figure: Mapping[str, Any], wanted: np.ndarray, rows: int) -> list[Placed]:
    """All images that a figure shows, those that are tiles of a picture one by one."""
    shown = [
        (round(-axes["position"][1], 2), round(axes["position"][0], 3), _grey(image))
        for axes in figure["axes"]
        for image in axes["images"]
    ]
    # As many pictures as this hold all the tiles, or a row of them each.
    rows_in_each = {1: rows, rows: 1}.get(len(shown)) if len(shown) < len(wanted) else None
    if rows_in_each is None:
        return [((down, 0), (right, 0), image) for down, right, image in shown]
    columns = len(wanted) // rows
    return [
        ((down, row), (right, column), tile)
        for down, right, picture in shown
        for row, tiles in enumerate(_tiles(picture, rows_in_each, columns, wanted))
        for column, tile in enumerate(tiles)
    ]


def same_image(shown: np.ndarray, image: torch.Tensor) -> bool:
    """Whether a shown image has these pixels, as they are or in 0..255."""
    return _equal(_grey(shown), image.reshape(28, 28).numpy())


def _tiles(
    picture: np.ndarray, rows: int, columns: int, wanted: np.ndarray
) -> list[list[np.ndarray]]:
    """The 28 x 28 tiles of one picture, with or without a border around each."""
    ways = []
    for pad in range(MOST_PAD + 1):
        for edge in (pad, pad // 2, 0):
            height, width = (28 * count + pad * (count - 1) + 2 * edge for count in (rows, columns))
            if picture.shape == (height, width):
                tops, lefts = (
                    [edge + k * (28 + pad) for k in range(count)] for count in (rows, columns)
                )
                ways.append([[picture[y : y + 28, x : x + 28] for x in lefts] for y in tops])
    # Wide gaps and a broad edge can be as long together as other gaps: the images tell.
    right = (way for way in ways if any(_equal(way[0][0], image) for image in wanted))
    return next(right, ways[0] if ways else [])


def _grey(image: np.ndarray) -> np.ndarray:
    """One channel of a picture that has three or four, or one of its own."""
    return image[..., 0] if image.ndim == 3 else image


def _equal(shown: Any, wanted: np.ndarray) -> bool:
    shown = np.asarray(shown, dtype=float)
    if shown.shape != wanted.shape:
        return False
    # a step of 8 bits: pictures may have been cut to 0..255
    return any(np.allclose(shown / scale, wanted, rtol=0, atol=0.0045) for scale in (1, 255))
