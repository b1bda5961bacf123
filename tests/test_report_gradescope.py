"""Gradescope's results.json, held against what its documentation says of each field."""

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from reports import FOUND, HOSTILE, broken, check, hostile, problem, report, reports, small

from grader.records import Report, Status
from grader.report.digest import NOT_FINAL
from grader.report.gradescope import to_gradescope

VISIBILITY = {"enum": ["visible", "hidden", "after_due_date", "after_published"]}
FORMAT = {"enum": ["text", "html", "simple_format", "md", "ansi"]}
# From the autograder documentation's page on the output format.
SCHEMA = {
    "type": "object",
    "required": ["score", "tests"],
    "additionalProperties": False,
    "properties": {
        "score": {"type": "number"},
        "execution_time": {"type": "number"},
        "output": {"type": "string"},
        "output_format": FORMAT,
        "test_output_format": FORMAT,
        "test_name_format": FORMAT,
        "visibility": VISIBILITY,
        "stdout_visibility": VISIBILITY,
        "extra_data": {"type": "object"},
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "score": {"type": "number"},
                    "max_score": {"type": "number"},
                    "status": {"enum": ["passed", "failed"]},
                    "name": {"type": "string"},
                    "name_format": FORMAT,
                    "number": {"type": "string"},
                    "output": {"type": "string"},
                    "output_format": FORMAT,
                    "tags": {"type": "array", "items": {"type": "string"}},
                    "visibility": VISIBILITY,
                    "extra_data": {"type": "object"},
                },
            },
        },
    },
}


def results(found: Report) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(to_gradescope(found))
    jsonschema.validate(parsed, SCHEMA)
    return parsed


@settings(max_examples=40)
@given(reports())
def test_any_report_is_a_valid_result(found: Report) -> None:
    assert len(results(found)["tests"]) == sum(len(p.checks) for p in found.problems)


def test_a_student_sees_neither_gradescopes_folder_nor_the_seed() -> None:
    wrong = check("x", Status.FAILED, message="law", counterexample=FOUND)
    (shown,) = results(report(problem("a", wrong)))["tests"]

    assert "got: array([-0.32])" in shown["output"]
    assert "grader replay" not in shown["output"]


def test_statuses_are_passed_and_failed_and_nothing_for_what_nobody_judged() -> None:
    checks = [check(status.value, status) for status in Status]
    tests = results(report(problem("a", *checks)))["tests"]
    by_status = {t["extra_data"]["status"]: (t.get("status"), t.get("score")) for t in tests}

    assert by_status.pop("passed") == ("passed", 2.0)
    assert by_status.pop("grader_error") == by_status.pop("pending") == (None, None)
    assert set(by_status.values()) == {("failed", 0.0)}


def test_a_grader_error_is_said_at_the_top_and_in_its_test() -> None:
    found = results(broken())

    assert found["output"].startswith(NOT_FINAL)
    assert found["extra_data"]["final"] is False
    assert found["tests"][1]["output"].startswith("4 points, not judged")


def test_hidden_checks_do_not_hide_the_total() -> None:
    """A test whose visibility is not "visible" would hide the student's total score."""
    found = results(small())

    assert {test["visibility"] for test in found["tests"]} == {found["visibility"]} == {"visible"}
    assert found["stdout_visibility"] == "hidden"


@pytest.mark.parametrize("text", HOSTILE)
def test_every_text_is_shown_as_plain_text(text: str) -> None:
    found = results(hostile(text))

    assert {found[k] for k in found if k.endswith("_format")} == {"text"}
    assert {t[k] for t in found["tests"] for k in ("name_format", "output_format")} == {"text"}


def test_numbers_order_parts_and_checks() -> None:
    numbers = [test["number"] for test in results(small())["tests"]]

    assert numbers == ["1.1", "1.2", "1.3", "1.4", "2.1", "2.2", "2.3", "3.1"]
