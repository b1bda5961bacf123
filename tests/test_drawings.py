"""A grid of images is found again however it was drawn, and only where every image is there."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

from grader.checks.support.drawings import same_image, shows_grid
from grader.checks.support.networks import uniform
from grader.engine.failures import Mismatch
from grader.sandbox.describe import describe

IMAGES = uniform(0, 8, 28, 28)


def mosaic(pad: int, edge: int) -> np.ndarray:
    """Two rows of four tiles, so far apart and with such a frame."""
    step = 28 + pad
    picture = np.zeros((step + 28 + 2 * edge, 3 * step + 28 + 2 * edge))
    for k, image in enumerate(IMAGES.numpy()):
        top, left = edge + step * (k // 4), edge + step * (k % 4)
        picture[top : top + 28, left : left + 28] = image
    return picture


def grey(image: np.ndarray) -> np.ndarray:
    """Three equal channels."""
    return np.repeat(image[..., None], 3, axis=-1)


def each(change: Callable[[np.ndarray], np.ndarray], **how: float) -> Figure:
    """Every image on axes of its own."""
    figure = Figure()
    for axes, image in zip(figure.subplots(2, 4).flat, IMAGES.numpy(), strict=True):
        axes.imshow(change(image), cmap="gray", **how)
    return figure


def one_picture(pad: int, edge: int) -> Figure:
    figure = Figure()
    figure.subplots().imshow(mosaic(pad, edge), cmap="gray")
    return figure


def picture_for_each_row() -> Figure:
    figure = Figure()
    for axes, row in zip(figure.subplots(2, 1), IMAGES.reshape(2, 4, 28, 28), strict=True):
        axes.imshow(grey(np.hstack(list(row.numpy()))))
    return figure


@pytest.mark.parametrize(
    "figure",
    [
        each(lambda image: image),
        each(grey),
        each(lambda image: (255 * image).astype(np.uint8), vmin=0, vmax=255),
        one_picture(0, 0),
        one_picture(2, 2),
        one_picture(4, 2),
        # as long as gaps of 3 with an edge of 3 would be, in the rows alone
        one_picture(5, 0),
        one_picture(12, 6),
        picture_for_each_row(),
    ],
)
def test_the_images_stand_in_their_rows(figure: Figure) -> None:
    rows = shows_grid(describe(figure), IMAGES, rows=2)

    assert [len(row) for row in rows] == [4, 4]
    shown = [image for row in rows for image in row]
    assert all(same_image(*pair) for pair in zip(shown, IMAGES, strict=True))


def test_an_image_that_is_not_there_is_named() -> None:
    with pytest.raises(Mismatch, match="image 1 of 8"):
        shows_grid(describe(each(lambda image: image)), 1 - IMAGES, rows=2)


def test_a_picture_with_too_few_tiles_shows_too_few_images() -> None:
    with pytest.raises(Mismatch, match="shows 12 images"):
        shows_grid(describe(one_picture(2, 2)), torch.cat([IMAGES, IMAGES[:4]]), rows=2)


def test_colours_may_run_beyond_where_pixels_do_but_not_to_one_side() -> None:
    wide, lopsided = (each(lambda image: image, vmin=-1, vmax=high) for high in (2, 1))

    shows_grid(describe(wide), IMAGES, rows=2, beyond=True)
    for figure, beyond in ((wide, False), (lopsided, True)):
        with pytest.raises(Mismatch, match="black at 0"):
            shows_grid(describe(figure), IMAGES, rows=2, beyond=beyond)
