"""The report as Gradescope's results.json.

Hidden checks are shown to students, without anything that tells what they check: with a test whose
visibility is "hidden", Gradescope hides the total score as well. Nor does a student's page have the
commands that replay failures: the folder in them is Gradescope's, and their seed the instructor's.
"""

import json
from dataclasses import replace
from typing import Any

from grader.records import CheckScore, ProblemScore, Report, Status
from grader.report.digest import NOT_FINAL, WORDS, as_text, deductions, isolation, one_line, totals
from grader.report.hidden import for_students
from grader.scoring import has_grader_error

_UNSCORED = {Status.GRADER_ERROR, Status.PENDING}


def to_gradescope(report: Report) -> str:
    """The text of results.json: numbers as numbers, every text as plain text."""
    report = for_students(report)
    tests = [
        _test(problem, check, f"{n}.{m}")
        for n, problem in enumerate(report.problems, start=1)
        for m, check in enumerate(map(_without_replay, problem.checks), start=1)
    ]
    result = {
        "score": round(report.score + report.extra_credit, 4),
        "execution_time": report.seconds,
        "output": _output(report),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": _extra(report),
        "tests": tests,
    }
    return json.dumps(result, indent=2, allow_nan=False) + "\n"


def _test(problem: ProblemScore, check: CheckScore, number: str) -> dict[str, Any]:
    points = f"{check.max_points:g} points"
    words = WORDS[check.status] if check.status is not Status.GRADER_ERROR else "not judged"
    name = f"{problem.title}: {check.title}" + (" (extra credit)" if problem.extra_credit else "")
    test: dict[str, Any] = {
        "name": one_line(name, 300),
        "name_format": "text",
        "number": number,
        "output": f"{words}\n{as_text(check)}".strip(),
        "output_format": "text",
        "tags": [problem.topic, check.kind] + (["extra credit"] if problem.extra_credit else []),
        "visibility": "visible",
        "extra_data": {"id": check.id, "status": check.status.value},
    }
    if check.status in _UNSCORED:
        # Neither points nor passed nor failed: what nobody judged must not look like a zero.
        return test | {"output": f"{points}, {test['output']}"}
    status = "passed" if check.status is Status.PASSED else "failed"
    return test | {"score": check.points, "max_score": check.max_points, "status": status}


def _without_replay(check: CheckScore) -> CheckScore:
    found = check.counterexample
    return replace(check, counterexample=replace(found, replay="")) if found else check


def _output(report: Report) -> str:
    lines = [NOT_FINAL] if has_grader_error(report) else []
    lines += [totals(report), *deductions(report)]
    lines += [one_line(remark, 500) for remark in report.remarks]
    return "\n".join([*lines, isolation(report)])


def _extra(report: Report) -> dict[str, Any]:
    return {
        "final": not has_grader_error(report),
        "score": report.score,
        "max_score": report.max_score,
        "extra_credit": report.extra_credit,
        "max_extra_credit": report.max_extra_credit,
        "pending": report.pending,
        "submission_sha256": report.submission_sha256,
        "grader": report.provenance.version,
        "checks_sha256": report.provenance.checks_sha256,
        "seed": report.provenance.seed,
        "isolation": report.isolation.level,
    }
