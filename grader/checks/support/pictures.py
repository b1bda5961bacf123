"""Figures made of what a check has read: they bound and thin it, and never decide anything.

Whatever numbers a submission answered, these functions make a figure: what cannot be drawn (nan,
infinities, numbers beyond a trillion) is left out, and the label says how many points that were.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.figures import (
    MAX_POINTS,
    MAX_TEXT,
    MAX_VALUE,
    Bars,
    Chart,
    Histogram,
    ImageGrid,
    Role,
    Row,
    Series,
    Tile,
)

if TYPE_CHECKING:
    import torch

GRID = 81
"""Places at which a smooth function is drawn."""


def series(label: str, x: Any, y: Any, role: Role = "yours", *, joined: bool = True) -> Series:
    """Points (x_i, y_i); of more than can be drawn, evenly many, both ends among them."""
    pairs = np.column_stack([_floats(x), _floats(y)])
    drawable = np.isfinite(pairs).all(axis=1) & (np.abs(pairs) <= MAX_VALUE).all(axis=1)
    kept = pairs[drawable]
    if len(kept) < len(pairs):
        label += f" ({len(pairs) - len(kept)} of {len(pairs)} points cannot be drawn)"
    if len(kept) > MAX_POINTS:
        kept = kept[np.linspace(0, len(kept) - 1, MAX_POINTS).round().astype(int)]
    return Series(
        label[:MAX_TEXT], tuple(kept[:, 0].tolist()), tuple(kept[:, 1].tolist()), role, joined
    )


def fit(
    title: str,
    points: tuple[np.ndarray, np.ndarray],
    yours: Callable[[np.ndarray], np.ndarray],
    expected: Callable[[np.ndarray], np.ndarray],
    labels: tuple[str, str] = ("x", "y"),
) -> Chart:
    """The data, a submission's fit and the right one, a little beyond the data on both sides."""
    low, high = float(np.min(points[0])), float(np.max(points[0]))
    margin = 0.05 * (high - low) or 0.5
    x = np.linspace(low - margin, high + margin, GRID)
    with np.errstate(all="ignore"):
        curves = [
            series("least squares", x, expected(x), "reference"),
            series("your fit", x, yours(x)),
        ]
    data = series("data", *points, "data", joined=False)
    return Chart(title, *labels, (*curves, data))


def losses(title: str, curves: Mapping[str, Sequence[float]], y_label: str = "loss") -> Chart:
    """One loss per epoch, counted from 1; the first curve is `yours`, the next the second."""
    roles: tuple[Role, ...] = ("yours", "second")
    drawn = [
        series(name, range(1, len(values) + 1), values, role)
        for role, (name, values) in zip(roles, curves.items(), strict=False)
    ]
    return Chart(title, "epoch", y_label, tuple(drawn))


def histogram(
    title: str, labels: tuple[str, str], edges: Any, sets: Mapping[str, tuple[Role, Any]]
) -> Histogram:
    """How many values of each set are in each bin, those beyond the ends in the last bins."""
    bounds = tuple(_floats(edges).tolist())
    bars = []
    for name, (role, values) in sets.items():
        inside = np.clip(np.nan_to_num(_floats(values)), bounds[0], bounds[-1])
        counts = np.histogram(inside, bounds)[0].astype(float)
        bars.append(Bars(name[:MAX_TEXT], tuple(counts.tolist()), role))
    return Histogram(title, *labels, bounds, tuple(bars))


def images(
    title: str, rows: Mapping[str, Any], captions: Mapping[str, Sequence[str]] | None = None
) -> ImageGrid:
    """Rows of images in [0, 1]: (n, 784) digits, (n, 28, 28) or (n, 3, H, W) colour pictures."""
    arrays = {name: _image_array(pixels) for name, pixels in rows.items()}
    height, width, channels = next(iter(arrays.values())).shape[1:]
    return ImageGrid(
        title,
        width,
        height,
        channels,
        tuple(
            Row(
                name,
                tuple(
                    Tile(image.tobytes(), text[:MAX_TEXT])
                    for image, text in zip(
                        array, (captions or {}).get(name) or [""] * len(array), strict=True
                    )
                ),
            )
            for name, array in arrays.items()
        ),
    )


def magnified(before: Any, after: Any) -> tuple[str, np.ndarray]:
    """The difference as images: grey is no change, the largest change black or white."""
    gap = np.nan_to_num(np.asarray(after, dtype=float) - np.asarray(before, dtype=float))
    largest = float(np.abs(gap).max(initial=0.0))
    if largest < 1e-9:
        return "difference: none", np.full(gap.shape, 0.5)
    return f"difference, magnified {0.5 / largest:.3g} times", 0.5 + 0.5 * gap / largest


def attacked_digits(
    title: str,
    before: torch.Tensor,
    after: torch.Tensor,
    logits: Callable[[torch.Tensor], torch.Tensor],
) -> ImageGrid:
    """Digits (m, 784) before and after an attack, what a classifier reads, and the difference."""
    name, gap = magnified(before, after)
    rows = {"image": before, "attacked": after}
    captions = {
        label: [str(digit) for digit in logits(digits).argmax(1).tolist()]
        for label, digits in rows.items()
    }
    return images(title, {**rows, name: gap}, captions)


def _floats(values: Any) -> np.ndarray:
    found: np.ndarray = np.asarray(values, dtype=np.float64).reshape(-1)
    return found


def _image_array(pixels: Any) -> np.ndarray:
    """Bytes (n, height, width, channels) of images in [0, 1]."""
    array = np.asarray(pixels, dtype=float)
    if array.ndim == 2:
        array = array.reshape(len(array), 28, 28)
    array = array[..., None] if array.ndim == 3 else np.moveaxis(array, 1, -1)
    scaled = np.clip(np.nan_to_num(array), 0.0, 1.0) * 255
    return np.ascontiguousarray(scaled.round().astype(np.uint8))
