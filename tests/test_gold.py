"""Gold and null: the reference earns everything, the stubs nothing, twice the same."""

import json
import re
from pathlib import Path

import jsonschema
import pytest

from grader.engine.session import Session
from grader.grading import Request, grade
from grader.records import Report, Status
from grader.report.json_report import schema, to_dict, to_json
from grader.report.terminal import render


@pytest.fixture(scope="module")
def null(root: Path, session: Session) -> Report:
    return grade(Request(root / "student"), session)


def test_the_stubs_earn_exactly_nothing(null: Report) -> None:
    assert (null.score, null.extra_credit) == (0, 0)
    assert (null.max_score, null.max_extra_credit, null.pending) == (153, 25, 7)


def test_every_check_of_the_stubs_is_not_implemented_or_pending(null: Report) -> None:
    found = {c.status for p in null.problems for c in p.checks}

    assert found == {Status.NOT_IMPLEMENTED, Status.PENDING}


@pytest.mark.parametrize(("assignment", "maximum", "pending"), [("hw2", 95, 5), ("hw5", 58, 2)])
def test_each_homework_has_its_points(
    null: Report, assignment: str, maximum: float, pending: float
) -> None:
    problems = [p for p in null.problems if p.topic.startswith(assignment)]
    checks = [c for p in problems if not p.extra_credit for c in p.checks]

    assert sum(c.max_points for c in checks if c.kind != "manual") == maximum
    assert sum(c.max_points for c in checks if c.kind == "manual") == pending


@pytest.mark.slow
def test_the_reference_earns_everything_and_the_same_twice(root: Path, session: Session) -> None:
    reports = [grade(Request(root / "reference"), session) for _ in range(2)]

    for report in reports:
        lost = [c for p in report.problems for c in p.checks if c.points < c.max_points]
        assert [c.id for c in lost if c.status is not Status.PENDING] == []
        assert (report.score, report.extra_credit, report.pending) == (153, 25, 7)
    texts = [re.sub(r'"seconds": [0-9.e-]+', '"seconds": 0', to_json(one)) for one in reports]
    assert texts[0] == texts[1]


def test_the_json_report_keeps_its_schema(null: Report) -> None:
    data = to_dict(null)

    jsonschema.validate(data, schema())
    assert json.loads(to_json(null)) == data


def test_the_terminal_report_names_what_is_to_do(null: Report) -> None:
    from io import StringIO

    from rich.console import Console

    out = StringIO()
    Console(file=out, width=100).print(render(null))

    text = out.getvalue()
    assert "Not implemented yet" in text
    assert "normal_equation" in text
    assert "Score 0 of 153" in text
    assert "7 points pending" in text
    assert "\x1b" not in text
