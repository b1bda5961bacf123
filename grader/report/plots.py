"""Charts and histograms as what SVG needs: paths, ticks, words and tables, all plain values."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from grader.figures import Bars, Chart, Histogram, Role, Series

WIDTH, HEIGHT = 360, 220
"""The unit of a chart's coordinates; a phone shows it a little smaller, a desktop larger."""
LEFT, RIGHT, TOP, BOTTOM = 46, 12, 26, 42
STEPS = (11, 6, 3)
"""Most steps from tick to tick; on the x axis the first of these whose numbers have room."""
ROOM = 24
"""Characters of all numbers below the x axis."""
FULL_TABLE, BESIDE = 16, 3
"""So many curves over the same so many places are told point by point: a phone has no more room."""
FAR = 1e4
"""Coordinates outside the picture are cut here: they keep their direction."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A number on an axis and where it stands."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Stroke:
    """One path of a chart: whose it is and how it is drawn."""

    role: Role
    style: str
    path: str


@dataclass(frozen=True, slots=True)
class Key:
    """One line of a legend."""

    role: Role
    style: str
    label: str


@dataclass(frozen=True, slots=True)
class Table:
    """The numbers of a chart, or as much of them as people read; the first cell names its row."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Plot:
    """A chart or histogram, ready to be written as SVG."""

    title: str
    summary: str
    x_label: str
    y_label: str
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    strokes: tuple[Stroke, ...]
    keys: tuple[Key, ...]
    table: Table
    kind: str = "plot"


@dataclass(frozen=True, slots=True)
class _Axis:
    """Maps [low, high] to coordinates from `start` to `end`."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        place = self.start + share * (self.end - self.start)
        return round(min(max(place, -FAR), FAR), 1)

    def ticks(self, most: int) -> tuple[Tick, ...]:
        values = ticks(self.low, self.high, most)
        return tuple(Tick(self.at(value), number(value)) for value in values)

    def holds(self, value: float) -> bool:
        return self.low <= value <= self.high


def _x_axis(low: float, high: float) -> _Axis:
    return _Axis(*_apart(low, high), LEFT, WIDTH - RIGHT)


def _y_axis(low: float, high: float) -> _Axis:
    return _Axis(*_apart(low, high), HEIGHT - BOTTOM, TOP)


def _apart(low: float, high: float) -> tuple[float, float]:
    if high - low > 1e-9 * max(abs(low), abs(high), 1e-100):
        return low, high
    spare = abs(low) / 10 if abs(low) > 1e-100 else 0.5
    return low - spare, high + spare


def chart(figure: Chart) -> Plot:
    """Curves and points over one pair of axes."""
    xs = [x for series in figure.series for x in series.x]
    x, y = _x_axis(min(xs, default=0.0), max(xs, default=1.0)), _y_axis(*_y_range(figure))
    cut = any(not y.holds(value) for series in figure.series for value in series.y)
    return Plot(
        title=figure.title,
        summary=sentence([_in_words(series) for series in figure.series])
        + (" What lies beyond the picture's edge is cut off." if cut else ""),
        x_label=figure.x_label,
        y_label=figure.y_label,
        x_ticks=_x_ticks(x),
        y_ticks=y.ticks(STEPS[1]),
        # An answer is a thin line on the broad one that was expected, and points lie on top.
        strokes=tuple(_stroke(series, x, y) for series in sorted(figure.series, key=_on_top)),
        keys=tuple(Key(s.role, _style(s), s.label) for s in figure.series),
        table=_table(figure),
    )


def _on_top(series: Series) -> tuple[bool, bool]:
    return not series.joined, series.role != "reference"


def _y_range(figure: Chart) -> tuple[float, float]:
    """Of what was given and expected; an answer adds its own at most as far again on each side.

    So the right curve stays readable beside an answer that is off by a million.
    """
    if figure.y_range is not None:
        return figure.y_range
    given = [y for s in figure.series if s.role in ("reference", "data") for y in s.y]
    answered = [y for s in figure.series if s.role not in ("reference", "data") for y in s.y]
    low, high = min(given or answered, default=0.0), max(given or answered, default=1.0)
    if given:
        spare = high - low or abs(high) or 1.0
        low, high = (
            max(min([low, *answered]), low - spare),
            min(max([high, *answered]), high + spare),
        )
    margin = 0.06 * (high - low)
    return low - margin, high + margin


def _stroke(series: Series, x: _Axis, y: _Axis) -> Stroke:
    places = [(x.at(a), y.at(b)) for a, b in zip(series.x, series.y, strict=True)]
    if series.joined and len(places) > 1:
        path = "M" + "L".join(f"{a:g} {b:g}" for a, b in places)
    else:
        # A line of no length with round ends is a dot.
        path = "".join(f"M{a:g} {b:g}h0" for a, b in places)
    return Stroke(series.role, _style(series), path)


def _style(series: Series) -> str:
    return "line" if series.joined and len(series.x) > 1 else "dots"


def _in_words(series: Series) -> str:
    if not series.x:
        return f"{series.label}: no points"
    first, last = (f"{number(series.y[i])} at {number(series.x[i])}" for i in (0, -1))
    if len(series.x) == 1:
        return f"{series.label}: {first}"
    if not series.joined:
        low, high = number(min(series.y)), number(max(series.y))
        return f"{series.label}: {len(series.x)} points between {low} and {high}"
    return f"{series.label}: from {first} to {last}"


def _table(figure: Chart) -> Table:
    places = {series.x for series in figure.series}
    few = len(figure.series) <= BESIDE and len(figure.series[0].x) <= FULL_TABLE
    if len(places) == 1 and few:
        head = (figure.x_label, *(series.label for series in figure.series))
        columns = [figure.series[0].x, *(series.y for series in figure.series)]
        return Table(head, tuple(tuple(map(number, row)) for row in zip(*columns, strict=True)))
    return Table(
        ("", "points", "lowest", "highest"),
        tuple(
            (s.label, str(len(s.x)), number(min(s.y)), number(max(s.y)))
            for s in figure.series
            if s.x
        ),
    )


def histogram(figure: Histogram) -> Plot:
    """Bars over bins, with the places that have names."""
    x = _x_axis(figure.edges[0], figure.edges[-1])
    top = max((height for bars in figure.bars for height in bars.heights), default=0.0)
    y = _y_axis(0.0, 1.08 * top or 1.0)
    strokes = [_bars(figure, bars, x, y) for bars in figure.bars]
    marks = [
        Stroke(mark.role, "mark", f"M{x.at(mark.at):g} {TOP}V{HEIGHT - BOTTOM}")
        for mark in figure.markers
        if x.holds(mark.at)
    ]
    keys = [Key(bars.role, _bar_style(bars), bars.label) for bars in figure.bars]
    keys += [Key(mark.role, "mark", mark.label) for mark in figure.markers]
    words = [_bars_in_words(figure, bars) for bars in figure.bars]
    words += [f"{mark.label}: {number(mark.at)}" for mark in figure.markers]
    return Plot(
        title=figure.title,
        summary=sentence(words),
        x_label=figure.x_label,
        y_label=figure.y_label,
        x_ticks=_x_ticks(x),
        y_ticks=y.ticks(STEPS[1]),
        strokes=(*sorted(strokes, key=lambda stroke: stroke.role == "reference"), *marks),
        keys=tuple(keys),
        table=_bins(figure),
    )


def _bars(figure: Histogram, bars: Bars, x: _Axis, y: _Axis) -> Stroke:
    """One outline around all bars of a set; filled, except where it is what was expected."""
    path = f"M{x.at(figure.edges[0]):g} {y.at(0.0):g}"
    for end, height in zip(figure.edges[1:], bars.heights, strict=True):
        path += f"V{y.at(height):g}H{x.at(end):g}"
    return Stroke(bars.role, _bar_style(bars), f"{path}V{y.at(0.0):g}")


def _bar_style(bars: Bars) -> str:
    return "steps" if bars.role == "reference" else "area"


def _bars_in_words(figure: Histogram, bars: Bars) -> str:
    total, most = sum(bars.heights), max(bars.heights)
    at = bars.heights.index(most)
    low, high = number(figure.edges[at]), number(figure.edges[at + 1])
    return f"{bars.label}: {number(total)} in all, most ({number(most)}) from {low} to {high}"


def _bins(figure: Histogram) -> Table:
    """The bins that hold something, neighbours put together where there are many."""
    edges, step = figure.edges, math.ceil((len(figure.edges) - 1) / FULL_TABLE)
    rows = []
    for start in range(0, len(edges) - 1, step):
        end = min(start + step, len(edges) - 1)
        sums = [sum(bars.heights[start:end]) for bars in figure.bars]
        if any(sums):
            rows.append((f"{number(edges[start])} to {number(edges[end])}", *map(number, sums)))
    return Table((figure.x_label, *(bars.label for bars in figure.bars)), tuple(rows))


def _x_ticks(x: _Axis) -> tuple[Tick, ...]:
    choices = [x.ticks(most) for most in STEPS]
    fitting = (found for found in choices if sum(len(tick.text) for tick in found) <= ROOM)
    return next(fitting, choices[-1])


def ticks(low: float, high: float, most: int) -> list[float]:
    """Round numbers within [low, high], at most so many steps of 1, 2 or 5 times a power of 10.

    For example 0, 0.1, 0.2 and 0.3 for [0, 0.31] and 6.
    """
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = power * next(factor for factor in (1, 2, 5, 10) if factor * power >= rough)
    first, last = math.ceil(low / step - 1e-6), math.floor(high / step + 1e-6)
    return [float(f"{k * step:.12g}") for k in range(first, last + 1)]


def number(value: float) -> str:
    """A number in four digits, whole ones in five: 0.05, 10000, 1.5e-07."""
    whole = value == round(value) and abs(value) < 1e5
    return f"{round(value)}" if whole else f"{value:.4g}"


def sentence(parts: Sequence[str]) -> str:
    """Parts of a summary as one sentence."""
    return "; ".join(parts) + "."
