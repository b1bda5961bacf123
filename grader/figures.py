"""Pictures as plain, bounded numbers: what a check leaves for a report to draw.

A submission never hands over a picture. A check turns numbers that it has validated into one of
these records, they cross to the report as plain data, and the renderer that wants to draws them.
"""

import base64
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias, get_args

MAX_FIGURES = 4
"""Pictures of one check."""
MAX_TEXT = 120
MAX_SERIES = 6
MAX_POINTS = 200
"""Points of one series, bins of one histogram."""
MAX_VALUE = 1e12
MAX_TILES = 48
MAX_PIXELS = 256 * 1024
"""Bytes of all images of one grid together, one byte for each pixel and channel."""

Role = Literal["yours", "second", "reference", "data"]
"""Whose numbers these are, which decides how they are drawn: the submission's answer, its second
answer in the same picture, what was expected, and what both were given."""


@dataclass(frozen=True, slots=True)
class Series:
    """Points (x_i, y_i), joined in their order or not."""

    label: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    role: Role = "yours"
    joined: bool = True

    def __post_init__(self) -> None:
        _need(len(self.x) == len(self.y) <= MAX_POINTS, "too many points, or x without y")
        _need_numbers(self.x, self.y)
        _need_key(self.label, self.role)


@dataclass(frozen=True, slots=True)
class Chart:
    """Curves and points over one pair of axes; `y_range` where the ends of y are known."""

    title: str
    x_label: str
    y_label: str
    series: tuple[Series, ...]
    y_range: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        _need(1 <= len(self.series) <= MAX_SERIES, "no series, or too many")
        _need_texts(self.title, self.x_label, self.y_label)
        if self.y_range is not None:
            _need_numbers(self.y_range)
            _need(self.y_range[0] < self.y_range[1], "an empty range")


@dataclass(frozen=True, slots=True)
class Bars:
    """One number, not negative, for each bin of a histogram."""

    label: str
    heights: tuple[float, ...]
    role: Role = "yours"

    def __post_init__(self) -> None:
        _need_numbers(self.heights)
        _need(min(self.heights, default=0.0) >= 0, "a negative height")
        _need_key(self.label, self.role)


@dataclass(frozen=True, slots=True)
class Marker:
    """A place on the x axis of a histogram that has a name."""

    label: str
    at: float
    role: Role = "yours"

    def __post_init__(self) -> None:
        _need_numbers((self.at,))
        _need_key(self.label, self.role)


@dataclass(frozen=True, slots=True)
class Histogram:
    """Bins between increasing `edges`, and one or more sets of bars in them."""

    title: str
    x_label: str
    y_label: str
    edges: tuple[float, ...]
    bars: tuple[Bars, ...]
    markers: tuple[Marker, ...] = ()

    def __post_init__(self) -> None:
        _need(2 <= len(self.edges) <= MAX_POINTS + 1, "no bin, or too many")
        _need_numbers(self.edges)
        _need(list(self.edges) == sorted(set(self.edges)), "edges that do not increase")
        _need(1 <= len(self.bars) <= MAX_SERIES, "no bars, or too many sets")
        _need(len(self.markers) <= MAX_SERIES, "too many markers")
        bins = {len(bars.heights) for bars in self.bars}
        _need(bins == {len(self.edges) - 1}, "bars that do not fit the bins")
        _need_texts(self.title, self.x_label, self.y_label)


@dataclass(frozen=True, slots=True)
class Tile:
    """One image: its bytes row by row, the channels of a pixel together, and words below it."""

    pixels: bytes
    caption: str = ""

    def __post_init__(self) -> None:
        _need_texts(self.caption)


@dataclass(frozen=True, slots=True)
class Row:
    """Images that belong together, and what they are."""

    label: str
    tiles: tuple[Tile, ...]

    def __post_init__(self) -> None:
        _need_texts(self.label)


@dataclass(frozen=True, slots=True)
class ImageGrid:
    """Rows of equally large images with one channel (grey) or three (red, green, blue)."""

    title: str
    width: int
    height: int
    channels: int
    rows: tuple[Row, ...]

    def __post_init__(self) -> None:
        _need(self.channels in (1, 3), "neither grey nor colours")
        _need(min(self.width, self.height) >= 1, "an image without pixels")
        tiles = [tile for row in self.rows for tile in row.tiles]
        _need(1 <= len(tiles) <= MAX_TILES, "no image, or too many")
        size = self.width * self.height * self.channels
        _need(size * len(tiles) <= MAX_PIXELS, "too many pixels")
        _need(all(len(tile.pixels) == size for tile in tiles), "an image of another size")
        _need_texts(self.title)


Figure: TypeAlias = Chart | Histogram | ImageGrid


def extent(figure: Figure) -> int:
    """How much there is to see: points, bins or images."""
    if isinstance(figure, Chart):
        return sum(len(series.x) for series in figure.series)
    if isinstance(figure, Histogram):
        return len(figure.edges) - 1
    return sum(len(row.tiles) for row in figure.rows)


def to_plain(figure: Figure) -> dict[str, Any]:
    """A figure as data that JSON can hold."""
    plain = asdict(figure)
    if isinstance(figure, ImageGrid):
        for row in plain["rows"]:
            for tile in row["tiles"]:
                tile["pixels"] = base64.b64encode(tile["pixels"]).decode("ascii")
    return {"kind": type(figure).__name__, **plain}


def from_plain(plain: Mapping[str, Any]) -> Figure:
    """The figure back; ValueError when it breaks a bound."""
    data = dict(plain)
    kind = data.pop("kind")
    if kind == "Chart":
        data["series"] = tuple(
            Series(**{**series, "x": tuple(series["x"]), "y": tuple(series["y"])})
            for series in data["series"]
        )
        if data["y_range"] is not None:
            data["y_range"] = tuple(data["y_range"])
        return Chart(**data)
    if kind == "Histogram":
        data["edges"] = tuple(data["edges"])
        data["bars"] = tuple(
            Bars(**{**bars, "heights": tuple(bars["heights"])}) for bars in data["bars"]
        )
        data["markers"] = tuple(Marker(**marker) for marker in data["markers"])
        return Histogram(**data)
    if kind == "ImageGrid":
        data["rows"] = tuple(
            Row(row["label"], tuple(_tile(tile) for tile in row["tiles"])) for row in data["rows"]
        )
        return ImageGrid(**data)
    raise ValueError(f"no kind of figure: {kind}")


def _tile(plain: Mapping[str, Any]) -> Tile:
    return Tile(base64.b64decode(plain["pixels"], validate=True), plain["caption"])


def _need(held: bool, otherwise: str) -> None:
    if not held:
        raise ValueError(f"a figure with {otherwise}")


def _need_numbers(*groups: Sequence[float]) -> None:
    for group in groups:
        for number in group:
            _need(type(number) is float, "something that is not a float")
            _need(math.isfinite(number) and abs(number) <= MAX_VALUE, "a number out of bounds")


def _need_key(label: str, role: Role) -> None:
    """What a legend shows of a series, of bars or of a marker."""
    _need_texts(label)
    _need(role in get_args(Role), f"no role {role}")


def _need_texts(*texts: str) -> None:
    for text in texts:
        _need(type(text) is str and len(text) <= MAX_TEXT, "a text that is too long")
