"""The page in a real browser: at a phone's and a desktop's width, in light and dark, on paper."""

import base64
from pathlib import Path

import pytest
from chromium import NEEDED, WIDTHS, Browser
from reports import HOSTILE, check, hostile, illustrated, problem, report, small

from grader.records import Counterexample, Report, Status
from grader.report.html import to_html

pytestmark = NEEDED

WIDE = Counterexample(
    call=f"f(array([{', '.join(str(n / 7) for n in range(400))}]))",
    got="W" * 2000,
    expected="array([0.1,\n       0.2])" * 8,
    replay="grader replay topic.x " + "a_very_long_name_of_a_folder_" * 8,
)
PAGES = {
    "small": small(),
    "illustrated": illustrated(),
    "wide": report(
        problem("a", check("x", Status.FAILED, message="M" * 900, counterexample=WIDE)),
        submission="a_name_without_a_place_to_break_it_" * 6 + ".zip",
    ),
    **{f"hostile {number}": hostile(text) for number, text in enumerate(HOSTILE)},
}


def page(folder: Path, found: Report) -> Path:
    path = folder / "report.html"
    path.write_text(to_html(found), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", PAGES)
def test_nothing_scrolls_sideways_logs_runs_or_is_fetched(
    name: str, browser: Browser, tmp_path: Path
) -> None:
    browser.stays_quiet(page(tmp_path, PAGES[name]))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["small", "wide", "illustrated"])
def test_axe_finds_nothing_in_the_way_of_anybody(
    name: str, width: int, dark: bool, browser: Browser, tmp_path: Path
) -> None:
    browser.open(page(tmp_path, PAGES[name]), width, dark=dark)
    browser.unfold()

    assert browser.barriers() == []


def test_every_picture_is_there_whole_and_its_words_are_inside(
    browser: Browser, tmp_path: Path
) -> None:
    path = page(tmp_path, illustrated())

    for width in WIDTHS:
        browser.open(path, width)

        loaded = "[...document.querySelectorAll('img')].map(i => i.complete && i.naturalWidth)"
        assert set(browser.ask(loaded)) == {8}
        sizes = browser.ask("[...document.querySelectorAll('svg.plot')].map(s => s.clientWidth)")
        assert len(sizes) == 4
        assert min(sizes) > 220
        # Text of an SVG is not wrapped: it must not reach beyond the picture, nor into a neighbour.
        outside = browser.ask(
            """[...document.querySelectorAll('svg.plot')].flatMap(s => {
                const whole = s.getBoundingClientRect();
                return [...s.querySelectorAll('text')].map(t => t.getBoundingClientRect())
                    .filter(t => t.left < whole.left - 1 || t.right > whole.right + 1).length
            })"""
        )
        assert outside == [0] * 4
        overlapping = browser.ask(
            """[...document.querySelectorAll('svg.plot')].map(s => {
                const boxes = [...s.querySelectorAll('text')].map(t => t.getBoundingClientRect());
                return boxes.filter((a, i) => boxes.some((b, j) => i < j && a.left < b.right - 1
                    && b.left < a.right - 1 && a.top < b.bottom - 3 && b.top < a.bottom - 3)).length
            })"""
        )
        assert overlapping == [0] * 4


def test_light_and_dark_differ_and_follow_the_reader(browser: Browser, tmp_path: Path) -> None:
    path = page(tmp_path, small())
    backs = []
    for dark in (False, True):
        browser.open(path, 800, dark=dark)
        backs.append(browser.ask("getComputedStyle(document.body).backgroundColor"))

    assert backs == ["rgb(255, 255, 255)", "rgb(18, 22, 28)"]


def test_everything_is_on_paper_also_what_is_folded(browser: Browser, tmp_path: Path) -> None:
    browser.open(page(tmp_path, small()), 800, dark=True)
    browser.send("Emulation.setEmulatedMedia", media="print")

    hidden = browser.ask(
        "[...document.querySelectorAll('details:not([open]) > *:not(summary)')]"
        ".filter(e => e.getBoundingClientRect().height === 0).length"
    )
    pdf = browser.send("Page.printToPDF", printBackground=False)["data"]

    assert browser.ask("document.querySelectorAll('details:not([open])').length") > 0
    assert hidden == 0
    assert browser.ask("getComputedStyle(document.body).color") == "rgb(26, 30, 36)"
    assert base64.b64decode(pdf).startswith(b"%PDF")


def test_the_keyboard_reaches_the_report_first_and_every_fold(
    browser: Browser, tmp_path: Path
) -> None:
    browser.open(page(tmp_path, small()), 800)
    stops = []
    for _ in range(browser.ask("document.querySelectorAll('a, summary').length")):
        for kind in ("keyDown", "keyUp"):
            browser.send("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab",
                         windowsVirtualKeyCode=9)  # fmt: skip
        stops.append(browser.ask("document.activeElement.tagName"))

    assert browser.ask("document.querySelector('.skip').getAttribute('href')") == "#main"
    assert stops[0] == "A"
    assert stops.count("SUMMARY") == browser.ask("document.querySelectorAll('summary').length")
