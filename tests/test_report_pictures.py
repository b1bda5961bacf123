"""Pictures on the page: numbers drawn where they belong, told in words too, and bounded."""

import io
import re
from base64 import b64decode
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from reports import FOUND, HOSTILE, check, figures, illustrated, pictured, problem, report
from test_report_html import TAGS, Page, luminance

from grader.figures import MAX_VALUE, Chart, Figure, Histogram, ImageGrid, Row, Series, Tile
from grader.records import Report, Status
from grader.report import html
from grader.report.digest import plain
from grader.report.html import to_html
from grader.report.json_report import to_dict
from grader.report.pictures import Gallery, picture
from grader.report.plots import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Plot, number, ticks

CHART, HISTOGRAM, DIGITS, PHOTOS = pictured()
CSS = Path(html.__file__).parent / "templates" / "report.css"


def page_of(*shown: Figure, status: Status = Status.PASSED) -> Page:
    found = FOUND if status is Status.FAILED else None
    checks = check("x", status, figures=shown, counterexample=found)
    return Page(to_html(report(problem("a", checks))))


def plot(figure: Figure) -> Plot:
    drawn = picture(figure)
    assert isinstance(drawn, Plot)
    return drawn


def places(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.e+]+) (-?[\d.e+]+)", path)]


@settings(max_examples=50, deadline=None)
@given(figures())
def test_any_figure_is_well_formed_and_inert(figure: Figure) -> None:
    page = page_of(figure)

    assert {tag for tag, _ in page.tags} <= TAGS
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert all(uri.startswith("data:image/png;base64,") for uri in page.values("src"))
    assert all(re.fullmatch(r"--columns: \d+", style) for style in page.values("style"))
    assert "nan" not in "".join(page.values("d") + page.values("x") + page.values("y"))


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("status", [Status.PASSED, Status.FAILED])
def test_hostile_words_of_a_picture_are_text(text: str, status: Status) -> None:
    page = page_of(*pictured(text), status=status)
    shown = plain(text[:120])

    assert {tag for tag, _ in page.tags} <= TAGS
    assert page.text.count(shown.split("\n")[0]) >= 10
    assert any(shown.split("\n")[0] in alt for alt in page.values("alt"))


def test_two_drawings_of_a_report_are_the_same_bytes() -> None:
    assert to_html(illustrated()) == to_html(illustrated())


def test_points_stand_where_their_numbers_say() -> None:
    line = Series("s", (0.0, 5.0, 10.0), (0.0, 0.5, 1.0))

    drawn = plot(Chart("t", "x", "y", (line,), (0.0, 1.0)))

    middle = ((LEFT + WIDTH - RIGHT) / 2, (TOP + HEIGHT - BOTTOM) / 2)
    corners = (LEFT, HEIGHT - BOTTOM), (WIDTH - RIGHT, TOP)
    assert places(drawn.strokes[0].path) == [corners[0], middle, corners[1]]
    assert {tick.text: tick.at for tick in drawn.x_ticks}["5"] == middle[0]


def test_an_answer_far_off_leaves_the_right_curve_readable() -> None:
    right = Series("right", (0.0, 1.0), (0.0, 1.0), "reference")
    wrong = Series("wrong", (0.0, 1.0), (0.0, 1e9))

    drawn = plot(Chart("t", "x", "y", (wrong, right)))
    band, line = (places(stroke.path) for stroke in drawn.strokes)

    assert [stroke.role for stroke in drawn.strokes] == ["reference", "yours"]
    assert abs(band[1][1] - band[0][1]) > (HEIGHT - TOP - BOTTOM) / 3
    assert line[1][1] == -1e4
    assert "cut off" in drawn.summary


def test_bars_have_the_height_of_their_numbers() -> None:
    bars = replace(HISTOGRAM.bars[0], heights=(1.0, 3.0))

    drawn = plot(Histogram("t", "x", "n", (0.0, 1.0, 2.0), (bars,)))
    heights = [float(y) for y in re.findall(r"V([\d.]+)", drawn.strokes[0].path)]
    ground = heights[-1]

    assert ground == HEIGHT - BOTTOM
    assert ground - heights[1] == pytest.approx(3 * (ground - heights[0]), abs=0.2)


@pytest.mark.parametrize("grid", [DIGITS, PHOTOS], ids=["grey", "colours"])
def test_an_image_comes_back_from_its_png_bit_for_bit(grid: ImageGrid) -> None:
    drawn = picture(grid)
    assert isinstance(drawn, Gallery)

    for row, (_, shown) in zip(grid.rows, drawn.rows, strict=True):
        for tile, one in zip(row.tiles, shown, strict=True):
            data = b64decode(one.uri.removeprefix("data:image/png;base64,"), validate=True)
            with Image.open(io.BytesIO(data)) as image:
                assert image.size == (grid.width, grid.height)
                assert image.tobytes() == tile.pixels


limits = st.floats(-MAX_VALUE, MAX_VALUE)


@given(limits, limits, st.integers(2, 12))
def test_ticks_are_few_round_and_inside(one: float, other: float, most: int) -> None:
    low, high = sorted((one, other))
    if high - low <= 1e-9 * max(abs(low), abs(high), 1e-100):
        return
    found = ticks(low, high, most)
    spare = 1e-5 * (high - low)

    assert len(found) <= most + 1
    assert all(low - spare <= tick <= high + spare for tick in found)
    assert found == sorted(set(found))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.05, "0.05"),
        (10000.0, "10000"),
        (-0.0, "0"),
        (1.5e-7, "1.5e-07"),
        (1234567.0, "1.235e+06"),
    ],
)
def test_numbers_are_short(value: float, text: str) -> None:
    assert number(value) == text


def test_every_picture_is_told_in_words_and_numbers() -> None:
    page = Page(to_html(illustrated()))
    tags = [tag for tag, _ in page.tags]

    plots = [a for tag, a in page.tags if tag == "svg" and a.get("role") == "img"]
    named = [name for a in plots for name in a["aria-labelledby"].split()]
    assert len(plots) == 4
    assert set(named) <= set(page.values("id"))
    assert tags.count("desc") == 4
    assert tags.count("figure") == tags.count("figcaption") == 8
    assert tags.count("img") == len(page.values("alt")) == 20
    assert all(page.values("alt"))
    assert "noisy, 1: 7" in page.values("alt")
    for words in ("from 0.98 at 0 to 0.05 at 0.2", "data: 3 points between 0.2 and 0.9",
                  "most (6) from 0.625 to 0.75", "0.375 to 0.625"):  # fmt: skip
        assert words in page.text


def test_curves_over_the_same_few_places_are_told_point_by_point() -> None:
    epsilons = (0.0, 0.1)
    both = (Series("a", epsilons, (0.98, 0.3)), Series("b", epsilons, (0.97, 0.2)))

    table = plot(Chart("t", "epsilon", "accuracy", both)).table

    assert table.head == ("epsilon", "a", "b")
    assert table.rows == (("0", "0.98", "0.97"), ("0.1", "0.3", "0.2"))


def crowded(count: int) -> Report:
    noise = bytes((k * k) % 251 for k in range(112 * 112 * 3))
    rows = tuple(Row("r", (Tile(noise), Tile(noise))) for _ in range(3))
    grid = ImageGrid("photos", 112, 112, 3, rows)
    return report(problem("a", *(check(str(k), figures=(grid,)) for k in range(count))))


def test_a_page_stays_small_and_says_what_was_left_out(monkeypatch: Any) -> None:
    whole = len(to_html(crowded(2)))
    monkeypatch.setattr(html, "MAX_PICTURES", whole // 2)

    text = to_html(crowded(5))

    assert text.count("<figure") == 1
    assert "4 pictures are left out" in text
    assert len(text) < whole


def test_the_stable_contract_knows_no_pictures() -> None:
    bare = report(problem("a", check("right")))
    drawn = report(problem("a", check("right", figures=pictured())))

    assert to_dict(drawn) == to_dict(bare)


@pytest.mark.parametrize("palette", [0, 1], ids=["light", "dark"])
def test_what_is_drawn_has_contrast_with_the_page(palette: int) -> None:
    """3 to 1, as WCAG 2 asks of graphics; and an answer differs from the band that it lies on."""
    block = re.findall(r":root \{(.*?)\}", CSS.read_text(), flags=re.S)[palette]
    colours = dict(re.findall(r"--([\w-]+): (#\w{6})", block))
    pairs = [(ink, "page") for ink in ("yours", "second", "reference", "data", "muted")]
    pairs += [("yours", "reference"), ("data", "reference")]

    for one, other in pairs:
        light, dark = sorted((luminance(colours[one]), luminance(colours[other])), reverse=True)
        wanted = 3.0 if other == "page" else 1.5
        assert (light + 0.05) / (dark + 0.05) >= wanted, (one, other)
