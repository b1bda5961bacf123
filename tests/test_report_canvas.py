"""Rows for Canvas: what its importer needs, and what a spreadsheet must not run."""

import csv
import io

import pytest
from reports import HOSTILE, broken, hostile, report, small

from grader.report.canvas import Student, to_canvas, to_gradebook


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text), strict=True))


def test_the_header_is_one_that_canvas_reads() -> None:
    header, possible, row = rows(to_canvas(small(), "HW2 (1234)"))

    assert "Student" in header[0]
    assert "ID" in header[1]
    assert header[1:5] == ["ID", "SIS User ID", "SIS Login ID", "Section"]
    assert header[5:] == ["HW2 (1234)"]
    assert "Points Possible" in possible[0]
    assert possible[5] == "17.00"
    assert row == ["alice", "", "", "alice", "", "4.50"]


@pytest.mark.parametrize(
    ("name", "login"),
    [("bob.zip", "bob"), ("john.doe", "john.doe"), ("john.doe.tar.gz", "john.doe"), ("a", "a")],
)
def test_the_login_is_the_name_without_the_archives_ending(name: str, login: str) -> None:
    assert rows(to_canvas(report(submission=name)))[2][3] == login


def test_a_class_has_a_row_for_each_student() -> None:
    graded = [
        (Student("Ann", id="1", sis_id="s1", login="ann", section="A"), small()),
        (Student("Bob", id="2"), broken()),
    ]

    found = rows(to_gradebook(graded, "HW2 (9)"))

    assert found[2] == ["Ann", "1", "s1", "ann", "A", "4.50"]
    assert found[3] == ["Bob", "2", "", "", "", ""]


@pytest.mark.parametrize(
    "text", [*HOSTILE, "=1", "+1", "-1", "@x", "\t=1", "\n=1", " =1", "＝1", "|x"]
)
def test_no_cell_is_a_formula(text: str) -> None:
    found = rows(to_gradebook([(Student(text, text, text, text, text), hostile(text))], text))

    assert [len(row) for row in found] == [6, 6, 6]
    for row in found:
        for cell in row[:5] if row is not found[0] else row:
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "|", "%"))
