"""What GitHub Actions and GitHub Classroom read: annotations, a fenced log, Classroom's result.

The job summary is `markdown.to_markdown`. Actions runs what it takes for a command in a step's
output, wherever it came from: a submission's text is escaped in an annotation, and stands between
stop-commands in the log.
"""

import base64
import json
from typing import Any

from grader.records import CheckScore, Deduction, Report, Status
from grader.report.digest import (
    NOT_FINAL,
    WORDS,
    in_full,
    one_line,
    plain,
    share,
    totals,
    unwritten,
)
from grader.report.hidden import for_students
from grader.scoring import has_grader_error

MAX_ANNOTATIONS = 10
"""Actions shows this many errors of a step, and as many warnings and notices."""
MAX_MESSAGE = 200
"""A step's output reaches the next step as one environment variable of at most 128 KiB."""


def to_annotations(report: Report) -> str:
    """Workflow commands, one a line: an error for what failed, notices for the rest."""
    report = for_students(report)
    lines = [_command("error", "The grader's own fault", NOT_FINAL)]
    lines = lines if has_grader_error(report) else []
    failed = sorted(in_full(report.checks), key=lambda check: list(Status).index(check.status))
    shown = failed[: MAX_ANNOTATIONS - 1 - len(lines)]
    lines += [_annotation(check) for check in shown]
    if len(failed) > len(shown):
        more = f"{len(failed) - len(shown)} more are in the job summary"
        lines.append(_command("error", "More checks", more))
    for topic in unwritten(report)[: MAX_ANNOTATIONS - 1]:
        text = ", ".join(topic.functions) or "hidden checks"
        lines.append(_command("notice", f"Not implemented yet: {topic.topic}", text))
    lines.append(_command("notice", "Grade report", totals(report)))
    return "".join(f"{line}\n" for line in lines)


def stop_commands(token: str) -> tuple[str, str]:
    """The lines that put Actions' commands to rest and awake again.

    The token must be one that no submission can know: drawn after it ran.
    """
    return f"::stop-commands::{token}\n", f"::{token}::\n"


def to_classroom(report: Report) -> str:
    """The result of a Classroom test runner, version 1, as the step output that its reporter reads.

    Checks that wait for a person are left out, as they are of the score.
    """
    result = json.dumps(classroom_result(report), allow_nan=False)
    return base64.b64encode(result.encode()).decode()


def classroom_result(report: Report) -> dict[str, Any]:
    """The same before it is encoded. Its reporter prints names and messages: they are one line."""
    report = for_students(report)
    counted = [check for check in report.checks if check.status is not Status.PENDING]
    regular = {c.id for p in report.problems if not p.extra_credit for c in p.checks}
    # What has no points of its own costs a deduction or nothing.
    worth = [check for check in counted if check.id in regular and check.max_points]
    passed = all(check.status is Status.PASSED for check in worth) and not report.deductions
    result: dict[str, Any] = {
        "version": 1,
        "status": "pass" if passed else "fail",
        "max_score": report.max_score,
        "tests": [
            *(_classroom_test(check) for check in counted),
            *map(_classroom_deduction, report.deductions),
        ],
    }
    if has_grader_error(report):
        result |= {"status": "error", "message": NOT_FINAL}
    return result


def _classroom_test(check: CheckScore) -> dict[str, Any]:
    status = {Status.PASSED: "pass", Status.GRADER_ERROR: "error"}.get(check.status, "fail")
    message = f"{WORDS[check.status]}: {check.message}" if status != "pass" else ""
    return _test(check.title, status, check.points, message, round(check.seconds * 1000))


def _classroom_deduction(found: Deduction) -> dict[str, Any]:
    """A test of its own: the reporter takes the sum of the tests for the score."""
    return _test(f"Deduction in {found.homework}", "fail", -found.points, found.reason, 0)


def _test(name: str, status: str, score: float, message: str, milliseconds: int) -> dict[str, Any]:
    return {
        "name": _inert(name),
        "status": status,
        "score": score,
        "message": _inert(message),
        "test_code": "",
        "filename": "",
        "line_no": 0,
        "duration": milliseconds,
    }


def _inert(text: str) -> str:
    """One line without commands: Actions reads the old ones anywhere, the new ones at its head."""
    return one_line(text, MAX_MESSAGE).replace("##[", "## [").replace("::", ": :")


def _annotation(check: CheckScore) -> str:
    title = f"{WORDS[check.status]}: {check.title} ({share(check.points, check.max_points)})"
    if check.status is Status.GRADER_ERROR:
        title = f"not judged: {check.title} ({check.max_points:g} points)"
    found = check.counterexample
    rows = [check.message]
    if found is not None:
        rows += [f"call: {found.call}", f"got: {found.got}", f"expected: {found.expected}"]
    return _command("error", title, "\n".join(filter(None, rows)))


def _command(kind: str, title: str, message: str) -> str:
    head = one_line(title).replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
    data = plain(message)[:4000].replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return f"::{kind} title={head}::{data}"
