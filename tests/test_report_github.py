"""Markdown, annotations and Classroom's result: nothing in them is a student's to command."""

import base64
import json
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from reports import FOUND, HOSTILE, broken, check, hostile, problem, report, reports, small
from workflow_commands import commands

from grader.records import Report, Status
from grader.report.digest import plain
from grader.report.github import (
    MAX_ANNOTATIONS,
    classroom_result,
    stop_commands,
    to_annotations,
    to_classroom,
)
from grader.report.markdown import code, escaped, fenced, to_markdown

FORGED = "Points 100/100"


def tokens(text: str) -> list[Token]:
    """The tokens of a CommonMark parser with GitHub's tables, inline ones too."""
    found = []
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        found += [token, *(token.children or ())]
    return found


@settings(max_examples=40)
@given(reports())
def test_markdown_holds_no_html_link_or_image(found: Report) -> None:
    kinds = {token.type for token in tokens(to_markdown(found))}

    assert kinds.isdisjoint({"html_block", "html_inline", "link_open", "image"})


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_inside_its_fence(text: str) -> None:
    found = tokens(to_markdown(hostile(text)))

    kinds = {token.type for token in found}
    assert kinds.isdisjoint({"html_block", "html_inline", "link_open", "image", "code_block"})
    fences = [token.content for token in found if token.type == "fence"]
    assert len(fences) == len(Status) - 3
    first = next(line for line in plain(text).strip("\n").split("\n"))
    assert all(first in content for content in fences)
    headings = [token for token in found if token.type == "heading_open" and token.tag == "h1"]
    assert len(headings) == 1


@given(st.text(alphabet="`~ \n<a#|\\", max_size=40))
def test_nothing_inside_closes_a_fence_or_inline_code(text: str) -> None:
    (block,) = [t for t in tokens(fenced(text)) if t.type not in ("text",)]
    inline = [t for t in tokens(code(text)) if t.type not in ("inline", "text")]

    assert (block.type, block.content.strip("\n")) == ("fence", plain(text).strip("\n"))
    assert [t.type for t in inline] == ["paragraph_open", "code_inline", "paragraph_close"]


@given(st.text(alphabet=string.punctuation + "a 1", max_size=40))
def test_escaped_words_are_read_as_they_stand(text: str) -> None:
    line = "x" + " ".join(text.split()) + "x"

    shown = "".join(t.content for t in tokens(escaped(line)) if t.type in ("text", "text_special"))

    assert shown == line


def test_a_summary_that_would_be_too_long_counts_the_rest() -> None:
    checks = [check(str(n), Status.FAILED, message="x" * 1000) for n in range(50)]

    text = to_markdown(report(problem("a", *checks)), limit=20_000)

    assert len(text.encode()) < 20_000
    assert "more are in the other reports" in text


def test_an_annotation_has_title_call_got_and_expected() -> None:
    failed = check("x", Status.FAILED, message="50% wrong: a, b", counterexample=FOUND)

    first, last = commands(to_annotations(report(problem("a", failed))))

    assert first.name == "error"
    assert first.properties == {"title": "failed: The check x (0 / 2)"}
    assert first.data.startswith("50% wrong: a, b\ncall: predict(")
    assert first.data.endswith("got: array([-0.32])\nexpected: array([0.32])")
    assert (last.name, last.data) == ("notice", "Score 0 of 2")


def test_actions_shows_every_annotation() -> None:
    checks = [check(str(n), Status.FAILED) for n in range(40)]
    kinds = [c.name for c in commands(to_annotations(report(problem("a", *checks))))]

    assert kinds.count("error") == MAX_ANNOTATIONS
    assert kinds.count("notice") <= MAX_ANNOTATIONS


@pytest.mark.parametrize("text", HOSTILE)
def test_a_submission_makes_no_command_of_its_own(text: str) -> None:
    log = to_annotations(hostile(text))

    assert {command.name for command in commands(log)} == {"error", "notice"}
    assert len(list(commands(log))) == len(log.splitlines())
    titles = [command.properties["title"] for command in commands(log)]
    assert not any(FORGED in title for title in titles)


def test_a_fenced_log_runs_nothing_until_its_own_token() -> None:
    stop, resume = stop_commands("token")

    assert [c.name for c in commands(stop)] == ["stop-commands"]
    assert (stop, resume) == ("::stop-commands::token\n", "::token::\n")


def reporter(encoded: str) -> tuple[float, float, str]:
    """What Classroom's grading reporter makes of a runner's result."""
    result = json.loads(base64.b64decode(encoded))
    points = sum(test["score"] for test in result["tests"])
    return points, result["max_score"], result["status"]


def test_classroom_gets_the_points_and_a_status() -> None:
    right = report(problem("a", check("x"), check("m", Status.PENDING)))

    assert reporter(to_classroom(small())) == (4.5, 12.0, "fail")
    assert reporter(to_classroom(right)) == (2.0, 2.0, "pass")
    assert reporter(to_classroom(broken())) == (2.0, 6.0, "error")


def test_classrooms_tests_have_the_fields_of_version_1() -> None:
    result = classroom_result(small())

    assert result["version"] == 1
    for test in result["tests"]:
        assert set(test) == {
            "name", "status", "score", "message", "test_code", "filename", "line_no", "duration",
        }  # fmt: skip
        assert test["status"] in ("pass", "fail", "error")


@pytest.mark.parametrize("text", HOSTILE)
def test_the_reporters_log_runs_no_command_of_a_submission(text: str) -> None:
    """It prints names and messages as they are."""
    for test in classroom_result(hostile(text))["tests"]:
        assert list(commands(f"{test['name']}\n{test['message']}")) == []


def test_a_long_result_fits_an_environment_variable() -> None:
    checks = [check(str(n), Status.FAILED, title="t" * 90, message="x" * 9999) for n in range(200)]

    assert len(to_classroom(report(problem("a", *checks)))) < 128 * 1024
