"""The report as JUnit XML, laid out as pytest does it: a suite for each topic."""

from collections.abc import Mapping, Sequence
from xml.etree import ElementTree as ET

from grader.records import CheckScore, ProblemScore, Report, Status
from grader.report.digest import (
    WORDS,
    as_text,
    by_topic,
    deductions,
    one_line,
    plain,
    totals,
)
from grader.report.hidden import for_students
from grader.scoring import has_grader_error

_SKIPPED = {Status.PENDING, Status.SKIPPED}


def to_junit(report: Report) -> str:
    """JUnit XML. A grader error is an <error>; points, seed and hashes travel as properties."""
    report = for_students(report)
    checks = report.checks
    root = ET.Element("testsuites", {"name": "grader", **_counted(checks, with_skipped=False)})
    for topic, problems in by_topic(report):
        inner = [check for problem in problems for check in problem.checks]
        suite = ET.SubElement(root, "testsuite", {"name": topic, **_counted(inner)})
        _add_properties(suite, _provenance(report))
        for problem in problems:
            for check in problem.checks:
                _add_case(suite, problem, check)
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, "unicode") + "\n"


def _counted(checks: Sequence[CheckScore], with_skipped: bool = True) -> dict[str, str]:
    elements = [_element(check.status) for check in checks]
    counted = {
        "tests": str(len(elements)),
        "failures": str(elements.count("failure")),
        "errors": str(elements.count("error")),
        "time": f"{sum(check.seconds for check in checks):.3f}",
    }
    # The published schema has no such attribute on the outermost element.
    return counted | ({"skipped": str(elements.count("skipped"))} if with_skipped else {})


def _element(status: Status) -> str:
    if status is Status.PASSED:
        return ""
    if status is Status.GRADER_ERROR:
        return "error"
    return "skipped" if status in _SKIPPED else "failure"


def _add_case(suite: ET.Element, problem: ProblemScore, check: CheckScore) -> None:
    attributes = {
        "classname": problem.id,
        "name": check.id.rsplit(".", 1)[-1],
        "time": f"{check.seconds:.3f}",
    }
    case = ET.SubElement(suite, "testcase", attributes)
    properties = {
        "title": check.title,
        "status": check.status.value,
        "points": f"{check.points:g}",
        "max_points": f"{check.max_points:g}",
        "extra_credit": str(problem.extra_credit).lower(),
    }
    _add_properties(case, properties)
    text = as_text(check)
    element = _element(check.status)
    if element:
        message = one_line(f"{WORDS[check.status]}: {check.message or check.title}")
        found = ET.SubElement(case, element, {"type": check.status.value, "message": message})
        found.text = text
    elif text:
        ET.SubElement(case, "system-out").text = text


def _provenance(report: Report) -> dict[str, str]:
    found = {
        "submission": one_line(report.submission),
        "submission_sha256": report.submission_sha256,
        "result": totals(report),
        "final": str(not has_grader_error(report)).lower(),
        "grader": report.provenance.version,
        "checks_sha256": report.provenance.checks_sha256,
        "seed": str(report.provenance.seed),
        "isolation": report.isolation.level,
    }
    if report.deductions:
        found["deductions"] = "; ".join(deductions(report))
    return found | {f"package {k}": v for k, v in report.provenance.packages.items()}


def _add_properties(parent: ET.Element, properties: Mapping[str, str]) -> None:
    element = ET.SubElement(parent, "properties")
    for name, value in properties.items():
        ET.SubElement(element, "property", {"name": name, "value": plain(value)})
