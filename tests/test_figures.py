"""Pictures on their way from a check to a report: bounded, plain, of the right example."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from reports import figures, pictured

from grader.checks.support import pictures
from grader.engine.outcome_wire import outcome_from_wire, outcome_to_wire
from grader.engine.session import Session
from grader.figures import (
    MAX_POINTS,
    MAX_TILES,
    MAX_VALUE,
    Bars,
    Chart,
    Figure,
    ImageGrid,
    Row,
    Series,
    Tile,
    from_plain,
    to_plain,
)
from grader.records import Outcome, Status
from grader.rubric import load_rubric
from grader.sandbox import wire
from grader.submission import Submission

CHART, HISTOGRAM, DIGITS, PHOTOS = pictured()
WRONG: dict[str, Any] = {
    "x without y": lambda: Series("s", (1.0, 2.0), (1.0,)),
    "too many points": lambda: Series("s", (0.0,) * (MAX_POINTS + 1), (0.0,) * (MAX_POINTS + 1)),
    "nan": lambda: Series("s", (0.0,), (float("nan"),)),
    "a number out of bounds": lambda: Bars("b", (2 * MAX_VALUE,)),
    "no float": lambda: Series("s", (0.0,), (np.float64(1.0),)),
    "a negative height": lambda: Bars("b", (-1.0,)),
    "no such role": lambda: Series("s", (0.0,), (0.0,), "nobody"),  # type: ignore[arg-type]
    "a text that is too long": lambda: Tile(b"", "W" * 200),
    "a text that is none": lambda: Tile(b"", None),  # type: ignore[arg-type]
    "no series": lambda: Chart("c", "x", "y", ()),
    "an empty range": lambda: replace(CHART, y_range=(1.0, 1.0)),
    "edges that fall": lambda: replace(HISTOGRAM, edges=HISTOGRAM.edges[::-1]),
    "bars beside the bins": lambda: replace(HISTOGRAM, edges=HISTOGRAM.edges[1:]),
    "two channels": lambda: replace(DIGITS, channels=2),
    "an image of another size": lambda: replace(DIGITS, width=9),
    "too many images": lambda: ImageGrid("g", 1, 1, 1, (Row("", (Tile(b"0"),) * (MAX_TILES + 1)),)),
    "too many pixels": lambda: ImageGrid("g", 600, 600, 1, (Row("", (Tile(bytes(360_000)),)),)),
}


@pytest.mark.parametrize("make", WRONG.values(), ids=WRONG)
def test_a_figure_out_of_bounds_cannot_be_made(make: Any) -> None:
    with pytest.raises(ValueError, match="a figure with"):
        make()


@settings(max_examples=50, deadline=None)
@given(figures())
def test_a_figure_crosses_as_plain_data(figure: Figure) -> None:
    """Through JSON, which keeps it for the next run, and through the runner's own codec."""
    outcome = Outcome("t.x", Status.PASSED, figures=(figure,))
    text = json.dumps(to_plain(figure))

    assert from_plain(json.loads(text)) == figure
    # Half a character has no place in a frame; the codec spells it out.
    assume("\\ud800" not in text)
    framed = wire.decode(wire.encode(outcome_to_wire(outcome), 1 << 24)[wire.HEADER.size :])
    assert outcome_from_wire(framed) == outcome


def test_what_breaks_a_bound_does_not_come_back() -> None:
    plain = to_plain(CHART)
    plain["series"][0]["y"] = [1.0]

    with pytest.raises(ValueError, match="x without y"):
        from_plain(plain)
    with pytest.raises(ValueError, match="no kind"):
        from_plain({"kind": "Script"})


any_floats = st.lists(st.floats() | st.integers(-3, 3).map(float), min_size=1, max_size=30)


@settings(max_examples=50, deadline=None)
@given(any_floats)
def test_any_answer_can_be_drawn(values: list[float]) -> None:
    array = np.array(values)
    bad = ~(np.abs(array) <= MAX_VALUE)

    series = pictures.series("yours", range(len(values)), values)
    pictures.fit("f", (np.arange(3.0), np.ones(3)), lambda x: x * array[0], np.exp)
    bars = pictures.histogram("h", ("x", "y"), [0.0, 0.5, 1.0], {"all": ("yours", values)})
    rows = {"r": np.broadcast_to(array[:, None, None], (len(array), 2, 3))}
    grid = pictures.images("i", {"r": rows["r"][:MAX_TILES]})

    assert len(series.x) == sum(~bad)
    assert (f"{sum(bad)} of {len(values)} points cannot be drawn" in series.label) == any(bad)
    assert sum(bars.bars[0].heights) == len(values)
    assert (grid.width, grid.height, grid.channels) == (3, 2, 1)


def test_many_points_are_thinned_evenly_and_keep_their_ends() -> None:
    series = pictures.series("yours", range(5000), range(5000))

    assert len(series.x) == MAX_POINTS
    assert (series.x[0], series.x[-1]) == (0.0, 4999.0)
    assert set(np.diff(series.x)) <= {25.0, 26.0}


def test_a_difference_is_magnified_to_black_and_white_around_grey() -> None:
    before = np.full((1, 2, 2), 0.5)
    after = before + np.array([[[0.05, -0.05], [0.0, 0.025]]])

    name, shown = pictures.magnified(before, after)

    assert name == "difference, magnified 10 times"
    assert shown == pytest.approx(np.array([[[1.0, 0.0], [0.5, 0.75]]]))
    assert pictures.magnified(before, before)[0] == "difference: none"


def test_pixels_are_cut_to_their_range_and_colours_stay_together() -> None:
    photo = np.zeros((1, 3, 1, 2))
    photo[0, :, 0, 0] = [1.0, 0.2, -3.0]
    photo[0, :, 0, 1] = [9.0, float("nan"), 0.0]

    grid = pictures.images("p", {"photo": photo}, {"photo": ["W" * 500]})

    assert grid.rows[0].tiles[0].pixels == bytes([255, 51, 0, 255, 0, 0])
    assert len(grid.rows[0].tiles[0].caption) == 120


PARABOLA = """
import numpy as np
def quadratic_fit(x, y):
    return tuple(np.polyfit(x, y, 2))
"""
LINE = """
import numpy as np
def quadratic_fit(x, y):
    return (0.0, *np.polyfit(x, y, 1))
"""
CHECK = "hw2_least_squares.quadratic_is_the_polynomial_fit"


def outcome_of(session: Session, source: str) -> Outcome:
    rubric = load_rubric()
    submission = Submission("s", {"hw2_least_squares.py": source.encode()})
    return session.grade(submission, rubric, rubric.select(None, [CHECK])).outcomes[CHECK]


def test_a_check_that_passed_shows_its_largest_example(session: Session) -> None:
    found = outcome_of(session, PARABOLA)
    (figure,) = found.figures

    assert found.status is Status.PASSED
    assert isinstance(figure, Chart)
    expected, yours, data = figure.series
    assert len(data.x) == 8
    assert yours.y == pytest.approx(expected.y)
    assert outcome_of(session, PARABOLA).figures == found.figures


def test_a_check_that_failed_shows_its_smallest_failure(session: Session) -> None:
    found = outcome_of(session, LINE)
    (figure,) = found.figures

    assert found.status is Status.FAILED
    assert found.counterexample is not None
    assert isinstance(figure, Chart)
    expected, yours, data = figure.series
    assert len(data.x) == 3
    assert all(f"{number:.10g}" in found.counterexample.call for number in data.x + data.y)
    assert yours.y != pytest.approx(expected.y, rel=1e-3)
    assert np.diff(yours.y, 2) == pytest.approx(np.zeros(pictures.GRID - 2), abs=1e-9)


@pytest.mark.parametrize("answer", ["(1e308, 1e308, 1e308)", "(-1e300, 0.0, 5.0)"])
def test_no_answer_makes_a_picture_the_graders_error(session: Session, answer: str) -> None:
    found = outcome_of(session, f"def quadratic_fit(x, y):\n    return {answer}\n")

    assert found.status is Status.FAILED
    assert "form that this check cannot work with" not in found.message
