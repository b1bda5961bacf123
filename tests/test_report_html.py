"""The page: well-formed, inert whatever a submission says, and usable without eyes or a mouse."""

import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from reports import FOUND, HOSTILE, check, hostile, problem, report, reports, small

from grader.records import Report, Status
from grader.report.digest import plain
from grader.report.html import to_html

VOID = {"meta", "link", "rect", "img"}
# Nothing else is in the template; what a submission says can add nothing.
TAGS = {
    "html", "head", "meta", "link", "title", "style", "body", "header", "nav", "main", "footer",
    "section", "article", "h1", "h2", "h3", "h4", "p", "strong", "em", "b", "bdi", "span", "code",
    "pre", "a", "ul", "li", "dl", "dt", "dd", "div", "table", "caption", "thead", "tbody", "tr",
    "th", "td", "details", "summary", "svg", "rect", "path", "text", "desc", "figure", "figcaption",
    "img",
}  # fmt: skip
CSS = Path(__file__).parent.parent / "grader" / "report" / "templates" / "report.css"


class Page(HTMLParser):
    """The tags, attributes and text of a page; an unclosed or crossed tag is an error."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def values(self, name: str) -> list[str]:
        return [attributes[name] for _, attributes in self.tags if name in attributes]


@settings(max_examples=30, deadline=None)
@given(reports())
def test_any_report_is_a_well_formed_page(found: Report) -> None:
    page = Page(to_html(found))
    ids = page.values("id")

    assert len(ids) == len(set(ids))
    targets = [link[1:] for link in page.values("href") if link.startswith("#")]
    assert set(targets) <= set(ids)
    assert {name for names in page.values("aria-labelledby") for name in names.split()} <= set(ids)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text(text: str) -> None:
    page = Page(to_html(hostile(text)))

    assert {tag for tag, _ in page.tags} <= TAGS
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert set(page.values("href")) - {"data:,"} == {h for h in page.values("href") if h[0] == "#"}
    assert plain(text).strip("\n").split("\n")[0] in page.text


def test_the_page_needs_nothing_from_elsewhere_and_runs_nothing() -> None:
    text = to_html(small())
    page = Page(text)

    assert page.values("src") == []
    assert "url(" not in text
    assert "@import" not in text
    policy = next(a["content"] for _, a in page.tags if "http-equiv" in a)
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert "script-src" not in policy


def test_a_failure_shows_call_got_expected_hint_and_replay() -> None:
    law = "one value per row\nHint: the intercept comes first"
    failed = check("x", Status.FAILED, message=law, counterexample=FOUND)

    text = Page(to_html(report(problem("a", failed)))).text

    words = (law.split("\n")[0], "the intercept comes first", *FOUND.call.split("\n"), FOUND.got,
             FOUND.expected, FOUND.replay, "topic.x", "0 of 2")  # fmt: skip
    for word in words:
        assert word in text


def test_totals_isolation_and_provenance_are_there() -> None:
    text = Page(to_html(small())).text

    for word in ("1.5 of 12", "3 of 3", "5 points", "Level: kernel", "c" * 64, "a" * 64, "2.13.0"):
        assert word in text


def test_long_texts_are_folded_away() -> None:
    failed = check("x", Status.FAILED, message="law", printed="y\n" * 2000,
                   counterexample=FOUND.__class__("c" * 5000, "got", "want", "replay"))  # fmt: skip

    text = to_html(report(problem("a", failed)))

    assert "<summary>call: 5000 characters</summary>" in text
    assert "<summary>printed: 4000 characters</summary>" in text


def test_headings_leave_out_no_level() -> None:
    levels = [int(tag[1]) for tag, _ in Page(to_html(small())).tags if re.fullmatch("h[1-6]", tag)]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_there_are_landmarks_captions_and_scopes() -> None:
    page = Page(to_html(small()))
    tags = [tag for tag, _ in page.tags]

    assert [tags.count(tag) for tag in ("header", "nav", "main", "footer")] == [1, 1, 1, 1]
    assert tags.count("caption") == tags.count("table")
    assert all("scope" in attributes for tag, attributes in page.tags if tag == "th")
    assert next(a for tag, a in page.tags if tag == "html")["lang"] == "en"


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("palette", [0, 1], ids=["light", "dark"])
def test_every_colour_of_text_has_contrast_with_what_is_behind_it(palette: int) -> None:
    """4.5 to 1, as WCAG 2 asks at level AA."""
    block = re.findall(r":root \{(.*?)\}", CSS.read_text(), flags=re.S)[palette]
    colours = dict(re.findall(r"--([\w-]+): (#\w{6})", block))
    pairs = [(text, back) for text in ("text", "muted", "link") for back in ("page", "panel")]
    pairs += [(tone, f"{tone}-soft") for tone in ("good", "bad", "open", "ours")]
    pairs += [
        (tone, back) for tone in ("good", "bad", "open", "ours") for back in ("page", "panel")
    ]
    pairs += [("text", "open-soft"), ("text", "ours-soft")]

    for text, back in pairs:
        light, dark = sorted((luminance(colours[text]), luminance(colours[back])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (text, back)
