"""Figures as what a page needs to draw them, all plain values.

The template writes them out, escaped like everything else; only images become data URIs here.
"""

import io
from base64 import b64encode
from dataclasses import dataclass
from typing import TypeAlias

from grader.figures import Chart, Figure, Histogram, ImageGrid, Tile
from grader.report.plots import Plot, chart, histogram, sentence


@dataclass(frozen=True, slots=True)
class Shown:
    """One image as a data URI, what it is for those who do not see it, and the words below it."""

    uri: str
    alt: str
    caption: str


@dataclass(frozen=True, slots=True)
class Gallery:
    """A grid of images, ready to be written as HTML; `columns` is the length of a row."""

    title: str
    summary: str
    width: int
    height: int
    columns: int
    rows: tuple[tuple[str, tuple[Shown, ...]], ...]
    kind: str = "gallery"


Picture: TypeAlias = Plot | Gallery


def picture(figure: Figure) -> Picture:
    """What the page draws for a figure."""
    if isinstance(figure, Chart):
        return chart(figure)
    if isinstance(figure, Histogram):
        return histogram(figure)
    return _gallery(figure)


def weight(found: Picture) -> int:
    """About how many characters a picture adds to the page."""
    if isinstance(found, Plot):
        rows = sum(len(cell) + 12 for row in found.table.rows for cell in row)
        return 3000 + rows + sum(len(stroke.path) for stroke in found.strokes)
    return 500 + sum(len(shown.uri) + 120 for _, row in found.rows for shown in row)


def _gallery(figure: ImageGrid) -> Gallery:
    rows = tuple(
        (row.label, tuple(_shown(figure, row.label, at, tile) for at, tile in enumerate(row.tiles)))
        for row in figure.rows
    )
    told = [f"{row.label}: {len(row.tiles)} images" for row in figure.rows]
    return Gallery(
        title=figure.title,
        summary=sentence(told),
        width=figure.width,
        height=figure.height,
        columns=max(len(row.tiles) for row in figure.rows),
        rows=rows,
    )


def _shown(figure: ImageGrid, label: str, at: int, tile: Tile) -> Shown:
    alt = f"{label}, {at + 1}" + (f": {tile.caption}" if tile.caption else "")
    return Shown(f"data:image/png;base64,{_png(figure, tile.pixels)}", alt, tile.caption)


def _png(figure: ImageGrid, pixels: bytes) -> str:
    from PIL import Image

    mode = "L" if figure.channels == 1 else "RGB"
    buffer = io.BytesIO()
    Image.frombytes(mode, (figure.width, figure.height), pixels).save(buffer, "PNG", optimize=True)
    return b64encode(buffer.getvalue()).decode("ascii")
