"""What every format of a report promises: totals, what is hidden, and how a small one looks."""

import csv
import io
import json
import os
import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from junitparser import JUnitXml, Properties
from reports import (
    FOUND,
    HOSTILE,
    RENDERERS,
    broken,
    check,
    hostile,
    pictured,
    problem,
    report,
    reports,
    small,
)
from rich.console import Console

from grader.records import Deduction, Report, Status
from grader.report.canvas import to_canvas
from grader.report.digest import NOT_FINAL, as_text, facts, in_full, one_line
from grader.report.github import classroom_result
from grader.report.gradescope import to_gradescope
from grader.report.hidden import for_students
from grader.report.html import to_html
from grader.report.json_report import schema, to_dict, to_json
from grader.report.junit import to_junit
from grader.report.markdown import to_markdown
from grader.report.terminal import print_report

GOLDEN = Path(__file__).parent / "golden"
Renderer = Callable[[Report], str]


def every_format(test: Callable[..., None]) -> Callable[..., None]:
    return pytest.mark.parametrize("name", RENDERERS)(test)


def terminal(found: Report) -> str:
    out = io.StringIO()
    print_report(found, Console(file=out, width=100))
    return out.getvalue()


def with_deductions() -> Report:
    """Two points off 3, for policies without points of their own."""
    rule = check("rule", Status.FAILED, kind="policy", max_points=0.0, message="3 places\nE225")
    taken = (
        Deduction("hw5", 1.0, False, ("topic.rule",), "no comment in f.py"),
        Deduction("hw6", 0.5, False, ("topic.rule",), "no space in g.py"),
    )
    found = report(problem("a", check("x", max_points=3.0), rule), deductions=taken)
    return replace(found, score=1.5)


@every_format
def test_a_deduction_is_told_with_its_reason(name: str) -> None:
    text = unescape(RENDERERS[name](with_deductions()))
    words = text.replace("\\", "")

    if name == "canvas.csv":
        assert '"1.50"' in words
    else:
        wanted = ["no comment in f.py", "no space in g.py"]
        # A notice in the log is one line: the total, with the checks beside it.
        assert all(w in words for w in (["1.5 deducted"] if name == "annotations.txt" else wanted))


def test_a_deduction_is_in_the_terminal_the_totals_and_the_schema() -> None:
    found = with_deductions()
    data = to_dict(found)

    text = " ".join(terminal(found).split())
    jsonschema.validate(data, schema())
    assert "Score 1.5 of 3 (1.5 deducted)" in text
    assert "1 point deducted from hw5: no comment in f.py" in text
    assert "0.5 points deducted from hw6: no space in g.py" in text
    assert "topic.rule The check rule (no points)" in text
    assert [one["points"] for one in data["deductions"]] == [1.0, 0.5]


def test_classrooms_sum_has_the_deductions_and_style_alone_is_no_failure() -> None:
    taken, free = with_deductions(), replace(with_deductions(), score=3.0, deductions=())

    assert sum(test["score"] for test in classroom_result(taken)["tests"]) == 1.5
    assert classroom_result(taken)["status"] == "fail"
    assert classroom_result(free)["status"] == "pass"


@settings(max_examples=30)
@given(reports())
def test_all_formats_give_the_same_points(found: Report) -> None:
    both = found.score + found.extra_credit
    judged = all(c.status is not Status.GRADER_ERROR for p in found.problems for c in p.checks)
    in_junit = [
        float(prop.value)
        for suite in JUnitXml.fromstring(to_junit(found).encode())
        for case in suite
        for prop in case.child(Properties)
        if prop.name == "points"
    ]
    gradescope = json.loads(to_gradescope(found))
    (row,) = list(csv.reader(io.StringIO(to_canvas(found))))[2:]

    assert sum(in_junit) == pytest.approx(both)
    assert gradescope["score"] == pytest.approx(both)
    assert sum(test.get("score", 0) for test in gradescope["tests"]) == pytest.approx(both)
    assert sum(t["score"] for t in classroom_result(found)["tests"]) == pytest.approx(both)
    assert row[-1] == (f"{both:.2f}" if judged else "")
    assert f"Score {found.score:g} of {found.max_score:g}" in to_html(found)
    assert f"Score {found.score:g} of {found.max_score:g}" in to_markdown(found)
    assert to_dict(found)["score"] == found.score


@every_format
def test_a_hidden_check_leaks_nothing(name: str) -> None:
    secret = check(
        "sesame", Status.CRASHED, title="sesame", functions=("sesame",), message="sesame",
        counterexample=replace(FOUND, call="sesame"), notes=("sesame",), printed="sesame",
        visibility="hidden", seconds=12.34, figures=pictured("sesame"),
    )  # fmt: skip

    text = RENDERERS[name](report(problem("a", check("open"), secret)))

    assert "sesame" not in text
    assert "12.34" not in text
    assert "crashed" not in text.lower()


def test_hidden_checks_keep_their_points_and_the_graders_own_fault() -> None:
    hidden = [check(f"h{n}", status, visibility="hidden") for n, status in enumerate(Status)]
    found = report(problem("a", *hidden))

    shown = for_students(found)

    assert (shown.score, shown.max_score, shown.pending) == (2, 24, 2)
    assert [c.points for c in shown.problems[0].checks] == [c.points for c in hidden]
    assert {c.status for c in shown.problems[0].checks} == {
        Status.GRADER_ERROR, Status.FAILED, Status.IMPORT_ERROR, Status.NOT_IMPLEMENTED,
        Status.SKIPPED, Status.PENDING, Status.PASSED,
    }  # fmt: skip
    assert len({c.id for c in shown.problems[0].checks}) == len(hidden)


@every_format
def test_a_score_that_is_not_final_says_so(name: str) -> None:
    """The grader's own fault is never a zero without a word."""
    text = RENDERERS[name](broken())

    if name == "canvas.csv":
        assert text.endswith('""\r\n')  # no points at all: a cell has no room for a word
    elif name == "junit.xml":
        assert "<error " in text
        assert 'name="final" value="false"' in text
    else:
        assert NOT_FINAL in unescape(text).replace("\\", "")


@every_format
@pytest.mark.parametrize("text", HOSTILE)
def test_control_characters_and_bidi_overrides_reach_no_format(name: str, text: str) -> None:
    shown = RENDERERS[name](hostile(text))

    bad = {c for c in shown if not c.isprintable()} - {"\n", "\r" if name == "canvas.csv" else "\n"}
    assert bad == set()


@pytest.mark.parametrize("text", HOSTILE)
def test_the_terminal_gets_no_control_characters_either(text: str) -> None:
    assert {c for c in terminal(hostile(text)) if not c.isprintable()} <= {"\n"}


@pytest.mark.parametrize("text", HOSTILE)
def test_json_on_standard_output_is_no_workflow_command(text: str) -> None:
    found = hostile(text)

    shown = to_json(found)

    assert "##[" not in shown
    assert not any(line.lstrip().startswith("::") for line in shown.splitlines())
    assert json.loads(shown) == to_dict(found)


@every_format
def test_a_report_of_nothing_can_be_rendered(name: str) -> None:
    assert RENDERERS[name](report())


@every_format
def test_rendering_is_a_pure_function(name: str) -> None:
    assert RENDERERS[name](small()) == RENDERERS[name](small())


@every_format
def test_a_small_report_looks_as_it_did(name: str) -> None:
    """GRADER_GOLDEN=write keeps the new looks, for a person to read in the diff."""
    path = GOLDEN / name
    shown = re.sub(r"<style>.*</style>", "<style></style>", RENDERERS[name](small()), flags=re.S)
    if os.environ.get("GRADER_GOLDEN") == "write":
        path.write_text(shown, encoding="utf-8", newline="")

    assert shown == path.read_bytes().decode("utf-8")


def test_a_hint_stands_by_itself_and_what_follows_it_stays_in_the_message() -> None:
    found = check("x", Status.FAILED, message="law\nHint: try this\nThe answers differ.")

    assert facts(found) == [("", "law\nThe answers differ."), ("hint", "try this")]


def test_what_it_got_is_not_said_twice() -> None:
    raised = replace(FOUND, got="f raised ValueError: no")
    found = check(
        "x", Status.FAILED, message="f raised ValueError: no\nt.py:1", counterexample=raised
    )

    assert [name for name, _ in facts(found)] == ["", "call", "expected", "replay"]


def test_a_module_that_does_not_load_is_told_once() -> None:
    checks = [check(str(n), Status.IMPORT_ERROR, message="t.py does not load") for n in range(3)]

    assert len(list(in_full(checks))) == 1


def test_as_text_indents_what_has_several_lines() -> None:
    found = check("x", Status.FAILED, message="law", counterexample=FOUND, printed="a\nb\n")

    assert as_text(found).splitlines() == [
        "law",
        "call:",
        "    predict(",
        "        array([[0.2]]),",
        "        array([0.4, -0.4]),",
        "    )",
        "got: array([-0.32])",
        "expected: array([0.32])",
        "replay: grader replay topic.wrong alice",
        "printed:",
        "    a",
        "    b",
    ]


@pytest.mark.parametrize(
    ("text", "line"), [("a\n\tb  c", "a \\tb c"), ("x" * 300, "x" * 196 + " ...")]
)
def test_one_line_is_one_line_of_bounded_length(text: str, line: str) -> None:
    assert one_line(text) == line
