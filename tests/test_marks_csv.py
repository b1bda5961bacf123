"""Marks as files, read back in: the plain table, and Canvas's gradebook by its importer's rules."""

import csv
import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from classes import answers, grade, small_class, summary_of
from hypothesis import given, settings
from hypothesis import strategies as st
from reports import HOSTILE

from grader.batch.students import Person, read_students
from grader.errors import UsageError
from grader.instructor.by_hand import read_late_days, read_points
from grader.instructor.marks import Mark
from grader.instructor.marks_csv import to_canvas, to_csv
from grader.records import Deduction, Status
from grader.rubric import load_rubric

FORMULA = ("=", "+", "-", "@", "|", "%", "\t", "\r", "＝", "＋", "－", "＠")


def read_canvas(text: str, students: dict[str, str], assignment: str) -> dict[str, float | None]:
    """What Canvas's importer (lib/gradebook_importer.rb) would do: student id -> new score.

    `students` maps Canvas ids, SIS ids and logins to students.
    """
    rows = list(csv.reader(io.StringIO(text), strict=True))
    header = rows[0]
    assert "Student" in header[0]
    assert "ID" in header[1]
    last = max(number for number, name in enumerate(header) if "Section" in name)
    assert len(header) > last + 1 > 3
    column = next(n for n, name in enumerate(header) if f"({assignment})" in name)
    assert column > last
    possible = next(row for row in rows[1:3] if "Points Possible" in row[0])
    assert float(possible[column]) >= 0
    found: dict[str, float | None] = {}
    for row in rows[rows.index(possible) + 1 :]:
        ids = [row[n] for n, name in enumerate(header[: last + 1]) if n and name != "Section"]
        student = next(students[one] for one in ids if one in students)
        assert re.fullmatch(r"(\d+\.\d\d)?", row[column])
        found[student] = float(row[column]) if row[column] else None
    return found


def test_canvas_reads_back_every_mark_under_the_right_student() -> None:
    marks = summary_of(small_class()).marks
    people = {
        "s01": Person("s01", "Smith, Ann", canvas_id="11"),
        "s02": Person("s02", "Jones, Bob", sis_id="S2"),
        "s03": Person("s03", "Young, Cy", login="cy"),
    }
    ids = {"11": "s01", "S2": "s02", "cy": "s03"} | {f"s{n:02}": f"s{n:02}" for n in range(4, 12)}

    found = read_canvas(to_canvas(marks, people, "HW5 (77)"), ids, "77")

    assert found == {one.student: one.total for one in marks}
    assert found["s09"] is None


def test_the_table_reads_back_every_figure() -> None:
    marks = summary_of(small_class()).marks

    rows = list(csv.DictReader(io.StringIO(to_csv(marks)), strict=True))

    assert [row["student"] for row in rows] == [one.student for one in marks]
    for row, one in zip(rows, marks, strict=True):
        assert (row["name"], row["open"]) == (one.name, "; ".join(one.open))
        assert row["mark"] == ("" if one.total is None else f"{one.total:g}")
        assert (float(row["earned"]), float(row["lost"])) == (one.earned, one.lost)
        assert row["topic.a"] == (f"{one.parts['topic.a']:g}" if one.parts else "")


def test_what_policies_took_off_stands_beside_the_parts() -> None:
    comments = Deduction("hw5", 1.0, False, ("topic.comments",), "no comments")
    found = replace(answers(Status.PASSED), score=1.0, deductions=(comments,))

    (row,) = csv.DictReader(io.StringIO(to_csv(summary_of([grade("s", found)]).marks)))

    assert (row["topic.a"], row["deducted"], row["earned"], row["mark"]) == ("2", "1", "1", "1")


def test_the_table_of_marks_is_a_class_list_too(tmp_path: Path) -> None:
    path = tmp_path / "marks.csv"
    path.write_text(to_csv(summary_of(small_class()).marks), encoding="utf-8", newline="")

    assert [person.student for person in read_students(path)] == [
        f"s{number:02}" for number in range(1, 12)
    ]


@settings(deadline=None)
@given(st.sampled_from((*HOSTILE, *(f"{sign}1+1" for sign in FORMULA))), st.booleans())
def test_no_cell_of_a_person_is_a_formula(text: str, listed: bool) -> None:
    one = Mark(text, text, 1.0, 0.0, 0.0, 1.0, 2.0, {}, 0.0, (text,))
    people = {text: Person(text, text, text, text, text, text, text)} if listed else {}

    for table in (to_csv([one]), to_canvas([one], people, text)):
        rows = list(csv.reader(io.StringIO(table), strict=True))
        assert len({len(row) for row in rows}) == 1
        assert not [cell for row in rows for cell in row if cell.startswith(FORMULA)]


@settings(deadline=None)
@given(
    st.lists(st.floats(0, 1000, allow_nan=False).map(lambda value: round(value, 2)), max_size=20)
)
def test_every_number_of_points_comes_back(totals: list[float]) -> None:
    (some,) = summary_of([grade("s", answers(Status.PASSED))]).marks
    marks = [replace(some, student=f"s{n}", total=total) for n, total in enumerate(totals)]
    ids = {one.student: one.student for one in marks}

    found = read_canvas(to_canvas(marks, {}, "HW (1)"), ids, "1")

    assert found == {one.student: one.total for one in marks}


def manual_item() -> tuple[str, float]:
    return next((c.id, c.points) for c in load_rubric().index.values() if c.kind == "manual")


def test_points_by_hand_are_read(tmp_path: Path) -> None:
    item, most = manual_item()
    path = tmp_path / "points.csv"
    path.write_text(f"student,check,points,note\nann,{item},{most:g},fine\n\nbob,{item},0,\n")

    assert read_points(path, load_rubric().index) == [
        ("ann", item, most, "fine"),
        ("bob", item, 0.0, ""),
    ]


@pytest.mark.parametrize(
    ("row", "error"),
    [
        ("ann,{item},-1", "'-1' is not between 0 and"),
        ("ann,{item},nan", "'nan' is not between 0 and"),
        ("ann,{item},many", "'many' is not between 0 and"),
        ("ann,hw5_mle.nothing,1", "'hw5_mle.nothing' is no manual item here; there are"),
        (",{item},1", "nothing in student"),
    ],
)
def test_points_that_cannot_be_are_refused_with_the_line(
    tmp_path: Path, row: str, error: str
) -> None:
    path = tmp_path / "points.csv"
    path.write_text("student,check,points\n" + row.format(item=manual_item()[0]) + "\n")

    with pytest.raises(UsageError, match=rf"points\.csv:2: {re.escape(error)}"):
        read_points(path, load_rubric().index)


def test_late_days_are_read(tmp_path: Path) -> None:
    path = tmp_path / "late.csv"
    path.write_text("student,late_days\nann,0\nbob,1.5\n")

    assert read_late_days(path) == [("ann", 0.0, ""), ("bob", 1.5, "")]
    path.write_text("student,late_days\nann,-1\n")
    with pytest.raises(UsageError, match=r"late\.csv:2: '-1' is not between 0 and"):
        read_late_days(path)
