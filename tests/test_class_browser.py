"""The class report in a real browser: at a phone's and a desktop's width, in light and dark."""

from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest
from chromium import NAMES, Browser, find
from classes import answers, grade, hostile_class, small_class, summary_of, wrong
from reports import HOSTILE

from grader.batch.grades import Grade
from grader.instructor.class_page import to_class_html
from grader.records import Status

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find() is None, reason=f"no browser: none of {', '.join(NAMES)} is there"),
]

LONG = wrong("f(" + "W" * 900 + ")", "M" * 2000, "law " * 200)
CLASSES: dict[str, list[Grade]] = {
    "small": small_class(),
    "wide": [
        grade("a_student_without_a_place_to_break_" * 4 + str(n), answers(Status.FAILED, **LONG))
        for n in range(3)
    ],
    "empty": [],
    **{f"hostile {number}": hostile_class(text) for number, text in enumerate(HOSTILE)},
}
OPEN_ALL = "document.querySelectorAll('details').forEach(d => { d.open = true })"
VIOLATIONS = """axe.run().then(found => found.violations.map(
    v => v.id + ': ' + v.nodes.map(n => n.html).slice(0, 3).join(' ')))"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser(find() or "") as browser:
        yield browser


def page(folder: Path, name: str) -> Path:
    path = folder / "class.html"
    path.write_text(to_class_html(summary_of(CLASSES[name])), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", CLASSES)
def test_nothing_scrolls_sideways_logs_runs_or_is_fetched(
    name: str, browser: Browser, tmp_path: Path
) -> None:
    path = page(tmp_path, name)

    for width in (360, 1280):
        browser.open(path, width)
        browser.ask(OPEN_ALL)

        assert browser.ask("[innerWidth, document.documentElement.scrollWidth]") == [width, width]
        requests = browser.reported("Network.requestWillBeSent")
        assert [sent["request"]["url"] for sent in requests] == [path.as_uri()]
        trouble = ("Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown",
                   "Page.javascriptDialogOpening")  # fmt: skip
        assert browser.reported(*trouble) == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", ["small", "wide", "empty"])
def test_axe_finds_nothing_in_the_way_of_anybody(
    name: str, width: int, dark: bool, browser: Browser, tmp_path: Path
) -> None:
    axe = (resources.files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8")
    browser.open(page(tmp_path, name), width, dark=dark)
    browser.ask(OPEN_ALL)
    browser.ask(f"{axe};0")

    assert browser.ask(VIOLATIONS) == []


def test_a_figure_says_on_a_phone_what_it_is(browser: Browser, tmp_path: Path) -> None:
    """The head of a table is not shown there: each figure carries its name."""
    path = page(tmp_path, "small")
    shown = "getComputedStyle(document.querySelector('.stack td'), '::before').content"
    names = []
    for width in (360, 1280):
        browser.open(path, width)
        names.append(browser.ask(shown))

    assert names == ['"mean: "', "none"]
