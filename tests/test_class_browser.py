"""The class's pages in a real browser: at a phone's and a desktop's width, in light and dark."""

from pathlib import Path

import pytest
from chromium import NEEDED, WIDTHS, Browser
from classes import answers, grade, hostile_class, small_class, summary_of, wrong
from reports import HOSTILE

from grader.batch.grades import Grade
from grader.instructor.class_page import to_class_html
from grader.instructor.similar import Alike, Pair
from grader.instructor.similar_page import to_similar_html
from grader.records import Status

pytestmark = NEEDED

LONG = wrong("f(" + "W" * 900 + ")", "M" * 2000, "law " * 200)
WIDE = "a_student_without_a_place_to_break_" * 4


def class_page(grades: list[Grade]) -> str:
    return to_class_html(summary_of(grades))


def similar_page(text: str, student: str) -> str:
    both = ((("x = 1\n", False), (text, True)), ((text, True), ("y = 2\n", False)))
    pair = Pair((student, f"{student} too"), (Alike("topic", (1.0, 0.83), both),))
    return to_similar_html([pair], 12, 0.7)


PAGES = {
    "small": class_page(small_class()),
    "wide": class_page([grade(f"{WIDE}{n}", answers(Status.FAILED, **LONG)) for n in range(3)]),
    "empty": class_page([]),
    "alike": similar_page("def f(x):\n    return x\n" * 9, "ann"),
    "alike wide": similar_page("W" * 3000, WIDE),
    "alike empty": to_similar_html([], 12, 0.7),
    **{f"hostile {n}": class_page(hostile_class(text)) for n, text in enumerate(HOSTILE)},
    **{f"hostile alike {n}": similar_page(text, text) for n, text in enumerate(HOSTILE)},
}


def page(folder: Path, name: str) -> Path:
    path = folder / "page.html"
    path.write_text(PAGES[name], encoding="utf-8", errors="replace")
    return path


@pytest.mark.parametrize("name", PAGES)
def test_nothing_scrolls_sideways_logs_runs_or_is_fetched(
    name: str, browser: Browser, tmp_path: Path
) -> None:
    browser.stays_quiet(page(tmp_path, name))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["small", "wide", "empty", "alike", "alike wide"])
def test_axe_finds_nothing_in_the_way_of_anybody(
    name: str, width: int, dark: bool, browser: Browser, tmp_path: Path
) -> None:
    browser.open(page(tmp_path, name), width, dark=dark)
    browser.unfold()

    assert browser.barriers() == []


def test_a_figure_says_on_a_phone_what_it_is(browser: Browser, tmp_path: Path) -> None:
    """The head of a table is not shown there: each figure carries its name."""
    path = page(tmp_path, "small")
    shown = "getComputedStyle(document.querySelector('.stack td'), '::before').content"
    names = []
    for width in WIDTHS:
        browser.open(path, width)
        names.append(browser.ask(shown))

    assert names == ['"mean: "', "none"]
