"""The class report: what it tells, and that it only shows what submissions wrote."""

import html.parser
import re
from pathlib import Path

import pytest
from classes import answers, grade, hostile_class, small_class, summary_of, wrong
from reports import HOSTILE

from grader.instructor.class_page import to_class_html
from grader.records import Status


class Reader(html.parser.HTMLParser):
    """The tags, attributes and words of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.words += f" {data}"


def words(page: str) -> str:
    return " ".join(Reader(page).words.split())


def test_the_page_tells_all_of_the_class() -> None:
    said = words(to_class_html(summary_of(small_class())))

    for sentence in (
        "Submissions graded 10 of 11 students",
        "Each late day costs 10 % of the points earned, at most 50 %.",
        "3 students f : The check c1",
        "look at the sign",
        "Ida Bell s09 : nothing handed in",
        "grader error in topic.c2",
        "timeout in topic.c1 (9.0 s): hanging, or only slow?",
        "topic.c2 1 of 8 0 of 8",
    ):
        assert sentence in said


def test_an_empty_class_has_a_page() -> None:
    said = words(to_class_html(summary_of([])))

    assert "Nothing is graded yet." in said
    assert "No two submissions share one." in said
    assert "Nobody's work." in said


def test_a_check_against_the_rest_is_pointed_out() -> None:
    p, f = Status.PASSED, Status.FAILED
    grades = [grade(f"s{n}", answers(p, p, f)) for n in range(3)]
    grades += [grade(f"t{n}", answers(f, f, p)) for n in range(3)]

    said = words(to_class_html(summary_of(grades)))

    assert "-1.00 look at this check" in said
    assert "With so few submissions it says little." in said


@pytest.mark.parametrize("text", HOSTILE)
def test_what_submissions_write_is_text(text: str) -> None:
    clean = Reader(to_class_html(summary_of(hostile_class("p" * len(text)))))
    found = Reader(to_class_html(summary_of(hostile_class(text))))

    assert found.tags == clean.tags
    assert not {name for name, _ in found.attributes if name.startswith("on")}
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", found.words)


def test_the_page_loads_nothing(tmp_path: Path) -> None:
    found = Reader(to_class_html(summary_of(small_class())))

    assert "script" not in found.tags
    links = [value for name, value in found.attributes if name in ("href", "src")]
    assert {link[0] for link in links if link and link != "data:,"} == {"#"}
    ids = [value for name, value in found.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in links if link and link != "data:,"} <= set(ids)


def test_long_texts_are_folded_away() -> None:
    grades = [grade(f"s{n}", answers(Status.FAILED, **wrong("x" * 5000, "1"))) for n in range(2)]

    assert "call: 5000 characters" in words(to_class_html(summary_of(grades)))
