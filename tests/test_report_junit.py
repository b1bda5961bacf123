"""JUnit XML, as a parser that is not ours reads it."""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from junitparser import Error, Failure, JUnitXml, Properties, Skipped
from reports import HOSTILE, check, hostile, problem, report, reports, small

from grader.records import Report, Status
from grader.report.digest import plain
from grader.report.junit import to_junit


def parsed(found: Report) -> JUnitXml:
    return JUnitXml.fromstring(to_junit(found).encode())


def test_every_outcome_has_its_element() -> None:
    checks = [check(status.value, status, message="why") for status in Status]

    (suite,) = parsed(report(problem("a", *checks)))
    kinds = {case.name: [type(result) for result in case.result] for case in suite}

    assert kinds["passed"] == []
    assert kinds["grader_error"] == [Error]
    assert kinds["pending"] == kinds["skipped"] == [Skipped]
    other = set(kinds) - {"passed", "grader_error", "pending", "skipped"}
    assert all(kinds[name] == [Failure] for name in other)


@settings(max_examples=40)
@given(reports())
def test_the_counts_are_those_of_the_cases(found: Report) -> None:
    """junitparser counts the cases anew; what the file says must be that."""
    for suite in parsed(found):
        said = (suite.tests, suite.failures, suite.errors, suite.skipped)
        suite.update_statistics()

        assert said == (suite.tests, suite.failures, suite.errors, suite.skipped)


def test_points_and_provenance_travel_as_properties() -> None:
    (suite,) = parsed(small())
    first = next(iter(suite))

    assert {p.name: p.value for p in suite.properties()}["seed"] == "7"
    properties = {p.name: p.value for p in first.child(Properties)}
    assert (properties["points"], properties["max_points"]) == ("1.5", "2")
    assert (first.classname, first.name) == ("topic.a", "right")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text(text: str) -> None:
    (suite,) = parsed(hostile(text))
    failed = next(case for case in suite if case.name == str(list(Status).index(Status.FAILED)))

    assert plain(text).strip("\n").split("\n")[0] in failed.result[0].text
    assert len(list(suite)) == len(Status)


def test_the_layout_is_pytests() -> None:
    root = ET.fromstring(to_junit(small()))

    assert root.tag == "testsuites"
    assert {child.tag for child in root} == {"testsuite"}
    assert {child.tag for child in root[0]} == {"properties", "testcase"}
    assert {"name", "tests", "failures", "errors", "skipped", "time"} <= set(root[0].attrib)
