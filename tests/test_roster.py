"""Whose submission is whose, from every source that a class comes from."""

import os
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from grader.batch.canvas_download import CanvasFile, parse_name
from grader.batch.records import Entry
from grader.batch.roster import Deadline, Roster, read_roster
from grader.batch.students import Person, read_students
from grader.errors import UsageError

DUE = datetime(2026, 3, 1, 23, 59, tzinfo=UTC)
MODULE = "def f():\n    return 1\n"


def write(path: Path, text: str = MODULE, at: datetime = DUE) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    os.utime(path, (at.timestamp(), at.timestamp()))
    return path


def zipped(path: Path, names: dict[str, str], at: datetime = DUE) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in names.items():
            archive.writestr(name, text)
    os.utime(path, (at.timestamp(), at.timestamp()))
    return path


def zip_of(folder: Path, path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, file.relative_to(folder))
    return path


def read(
    tmp_path: Path, *sources: Path, students: str = "", grace_h: float | None = None
) -> Roster:
    listed = write(tmp_path / "students.csv", students) if students else None
    deadline = None if grace_h is None else Deadline(DUE, timedelta(hours=grace_h))
    return read_roster(sources, staging=tmp_path / "staging", class_list=listed, deadline=deadline)


def files(entry: Entry) -> list[str]:
    assert entry.path is not None
    return sorted(path.name for path in entry.path.iterdir())


def test_a_folder_of_folders_and_archives_is_a_class(tmp_path: Path) -> None:
    write(tmp_path / "hw/ann/hw5_mle.py")
    zipped(tmp_path / "hw/bob.zip", {"hw5_mle.py": MODULE})
    write(tmp_path / "hw/notes.txt")
    write(tmp_path / "hw/.DS_Store")

    found = read(tmp_path, tmp_path / "hw")

    assert found.entries == (
        Entry("ann", "", tmp_path / "hw/ann", DUE.isoformat()),
        Entry("bob", "", tmp_path / "hw/bob.zip", DUE.isoformat()),
    )
    assert found.remarks == ("notes.txt: no folder and no archive, left out",)


def test_each_source_may_be_one_submission_also_with_a_folder_around_it(tmp_path: Path) -> None:
    sources = [write(tmp_path / "ann/hw5_mle.py").parent]
    sources.append(write(tmp_path / "bob/homework/hw5_mle.py").parent.parent)
    sources.append(zipped(tmp_path / "cy.zip", {"homework/hw5_mle.py": MODULE}))

    found = read(tmp_path, *sources)

    assert [(each.student, each.path) for each in found.entries] == [
        ("ann", sources[0]), ("bob", sources[1]), ("cy", sources[2]),
    ]  # fmt: skip


def test_a_zip_of_many_is_unpacked_beside_and_not_around_itself(tmp_path: Path) -> None:
    outer = zipped(
        tmp_path / "class.zip",
        {"hw/ann/hw5_mle.py": MODULE, "hw/bob/hw5_mle.py": MODULE, "../../evil/hw5_mle.py": "no"},
    )

    found = read(tmp_path, outer)

    assert not (tmp_path.parent / "evil").exists()
    assert found.remarks == ("class.zip: ../../evil/hw5_mle.py leads out of the folder, left out",)
    assert [entry.student for entry in found.entries] == ["hw"]


METADATA = """\
submission_101:
  :submitters:
  - :name: Ann Smith
    :sid: '1001'
    :email: ann@x.edu
  :created_at: 2026-03-01 20:00:00.365935000 Z
  :score: 0.0
submission_102:
  :submitters:
  - :name: Bob Jones
    :sid:
    :email: Bob@x.edu
  - :name: Cy Young
    :sid: '1003'
    :email: cy@x.edu
  :created_at: !ruby/object:ActiveSupport::TimeWithZone
    utc: &1 2026-03-03 10:00:00.000000000 Z
    zone: !ruby/object:ActiveSupport::TimeZone
      name: America/Los_Angeles
    time: 2026-03-03 02:00:00.000000000 Z
submission_103:
  :submitters:
  - :name: Di Prince
    :sid: '1004'
  :created_at: 2026-03-01 20:00:00 Z
"""


def gradescope(folder: Path) -> Path:
    write(folder / "submission_metadata.yml", METADATA)
    write(folder / "submission_101/hw5_mle.py")
    write(folder / "submission_102/hw5_mle.py")
    write(folder / "submission_999/hw5_mle.py")
    return folder


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("around", ["", "assignment_5_export"])
def test_a_gradescope_export_tells_students_times_and_groups(
    tmp_path: Path, packed: bool, around: str
) -> None:
    gradescope(tmp_path / "export" / around)
    source = tmp_path / "export"
    if packed:
        source = zip_of(source, tmp_path / "export.zip")
    students = "student,name,email\n1001,Ann Smith,\n1002,Bob Jones,bob@x.edu\n"

    found = read(tmp_path, source, students=students, grace_h=1)

    ann, bob, cy, di = found.entries
    assert (ann.student, ann.name, ann.late_days, ann.problem) == ("1001", "Ann Smith", 0.0, "")
    assert (bob.student, bob.late_days) == ("1002", 2.0)
    assert bob.submitted_at == "2026-03-03T10:00:00+00:00"
    assert (cy.student, cy.path, cy.problem) == ("1003", bob.path, "not on the class list")
    assert (di.path, di.problem) == (
        None, "Gradescope's folder submission_103 is not in the export; not on the class list"
    )  # fmt: skip
    assert found.remarks == ("submission_999: not in submission_metadata.yml, left out",)


@pytest.mark.parametrize("text", ["- a\n- b\n", "a: [", "a: 1\n", "../up:\n  :submitters: []\n"])
def test_damaged_metadata_is_said(tmp_path: Path, text: str) -> None:
    write(tmp_path / "export/submission_metadata.yml", text)

    with pytest.raises(UsageError, match=r"submission_metadata\.yml cannot be read"):
        read(tmp_path, tmp_path / "export")


def test_metadata_is_data_only(tmp_path: Path) -> None:
    """A YAML tag that would call something makes nothing happen."""
    text = "a: !!python/object/apply:os.mkdir [made]\n"
    write(tmp_path / "export/submission_metadata.yml", text)

    with pytest.raises(UsageError, match="cannot be read"):
        read(tmp_path, tmp_path / "export")

    assert not Path("made").exists()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("smithann_5_71_hw.zip", CanvasFile("smithann", False, "5", 71, "hw.zip")),
        ("smithann_LATE_5_71_hw.zip", CanvasFile("smithann", True, "5", 71, "hw.zip")),
        ("müllerjürgen_5_7_a b_1.py", CanvasFile("müllerjürgen", False, "5", 7, "a b_1.py")),
        ("smithann_5_72_hw5_mle-1.py", CanvasFile("smithann", False, "5", 72, "hw5_mle.py")),
        ("smithann_5_72_hw5_mle-12.py", CanvasFile("smithann", False, "5", 72, "hw5_mle.py")),
        ("anon_kX9ab_71_hw.zip", CanvasFile("", False, "kX9ab", 71, "hw.zip")),
        ("LATE_anon_kX9ab_71_hw.zip", CanvasFile("", True, "kX9ab", 71, "hw.zip")),
        ("smithann_5_text.html", CanvasFile("smithann", False, "5", 0, "")),
        ("smithann_LATE_5_link.html", CanvasFile("smithann", True, "5", 0, "")),
        (
            "a_5_7_m-0b51c9e2-1111-4222-8333-444455556666.py",
            CanvasFile("a", False, "5", 7, "m.py"),
        ),
    ],
)
def test_the_names_that_canvas_writes_are_read(name: str, expected: CanvasFile) -> None:
    assert parse_name(name) == expected


@pytest.mark.parametrize(
    "name", ["hw5_mle.py", "ann.zip", "ann_5_hw.zip", "grades.csv", "5_6.py", "a_5_6_.."]
)
def test_other_names_are_not_canvas(name: str) -> None:
    assert parse_name(name) is None


def canvas(folder: Path) -> Path:
    zipped(folder / "smithann_5_71_homework.zip", {"hw5_mle.py": MODULE})
    write(folder / "jonesbob_LATE_6_72_hw5_mle-1.py", "later")
    write(folder / "jonesbob_LATE_6_70_hw5_mle.py", "earlier")
    write(folder / "jonesbob_LATE_6_73_hw5_pca-2.py")
    write(folder / "youngcy_7_link.html")
    write(folder / "README.txt")
    return folder


@pytest.mark.parametrize("packed", [False, True])
def test_a_canvas_download_is_gathered_by_student(tmp_path: Path, packed: bool) -> None:
    source = canvas(tmp_path / "submissions")
    if packed:
        source = zip_of(source, tmp_path / "submissions.zip")
    before = sorted(tmp_path.glob("submissions*/*"))
    students = (
        "Student,ID,SIS User ID,SIS Login ID,Section,HW (1)\n"
        "    Points Possible,,,,,10\n"
        '"Smith, Ann",5,s5,ann,A,\n"Jones, Bob",6,s6,bob,A,\n"Young, Cy",7,s7,cy,B,\n'
        '"Prince, Di",8,s8,di,B,\n'
    )

    found = read(tmp_path, source, students=students, grace_h=0)

    ann, bob, cy, di = found.entries
    assert (ann.student, ann.name, ann.problem, ann.late_days) == ("s5", "Smith, Ann", "", 0.0)
    assert ann.path is not None
    assert ann.path.name == "smithann_5_71_homework.zip"
    assert files(bob) == ["hw5_mle.py", "hw5_pca.py"]
    assert bob.path is not None
    assert (bob.path / "hw5_mle.py").read_text() == "later"
    assert bob.problem.startswith("marked late, but the time is not known")
    assert (cy.path, cy.problem) == (None, "a text or a link in Canvas: no files")
    assert (di.path, di.problem) == (None, "nothing handed in")
    assert found.remarks == (
        "README.txt: not named as Canvas names files, left out",
        "jonesbob_LATE_6_72_hw5_mle-1.py: hw5_mle.py is there twice, the later upload counts",
    )
    assert sorted(tmp_path.glob("submissions*/*")) == before


def test_one_students_files_that_cannot_be_read_stop_nobody_else(tmp_path: Path) -> None:
    write(tmp_path / "hw/a_5_70_m.py")
    # A file lies where the folder of copies would be.
    write(tmp_path / "hw/b_6_71_m.py")
    write(tmp_path / "staging/0000/canvas/6")

    a, b = read(tmp_path, tmp_path / "hw").entries

    assert files(a) == ["m.py"]
    assert (b.student, b.path) == ("6", None)
    assert b.problem.startswith("its files cannot be gathered:")


def test_cloned_repositories_are_found_beside_the_table(tmp_path: Path) -> None:
    write(tmp_path / "hw-submissions/hw-ann/hw5_mle.py")
    table = write(
        tmp_path / "grades.csv",
        "github_username,roster_identifier,student_repository_name,submission_timestamp\n"
        "ann-gh,1001,hw-ann,2026-03-02 01:00:00 UTC\nbob-gh,,hw-bob,\n",
    )

    ann, bob = read(tmp_path, table, grace_h=0).entries

    assert ann == Entry(
        "1001", "", tmp_path / "hw-submissions/hw-ann", "2026-03-02T01:00:00+00:00", 1.0
    )
    assert bob == Entry("bob-gh", "", None, problem="its clone hw-bob is not there")


def test_the_latest_of_several_counts_and_is_said(tmp_path: Path) -> None:
    old, new = DUE, DUE + timedelta(hours=30)
    write(tmp_path / "first/ann/hw5_mle.py", at=new)
    write(tmp_path / "second/ANN/hw5_mle.py", at=old)
    for section in ("first", "second"):
        write(tmp_path / section / "bob" / "hw5_mle.py", at=old)

    found = read(tmp_path, tmp_path / "first", tmp_path / "second", students="student\nAnn\nbob\n")

    assert [(each.student, each.path) for each in found.entries] == [
        ("Ann", tmp_path / "first/ann"),
        ("bob", tmp_path / "second/bob"),
    ]
    assert found.remarks[0] == (
        "Ann: ann of 2026-03-03 05:59 UTC counts, the latest; not ANN of 2026-03-01 23:59 UTC"
    )


@pytest.mark.parametrize(
    ("after_h", "grace_h", "days"),
    [(0, 0, 0), (0.1, 0, 1), (0.1, 1, 0), (1, 1, 0), (1.1, 1, 1), (24, 1, 1), (24.1, 0, 2)],
)
def test_a_begun_day_is_a_late_day_once_the_grace_is_over(
    after_h: float, grace_h: float, days: float
) -> None:
    deadline = Deadline(DUE, timedelta(hours=grace_h))

    assert deadline.late_days(DUE + timedelta(hours=after_h)) == days


def test_the_class_list_may_give_a_time_and_a_later_deadline(tmp_path: Path) -> None:
    for name in ("ann", "bob"):
        write(tmp_path / "hw" / name / "hw5_mle.py", at=DUE + timedelta(days=1))
    students = (
        "student,submitted_at,deadline\nann,2026-03-01T10:00:00Z,\nbob,,2026-03-08T23:59:00-08:00\n"
    )

    ann, bob = read(tmp_path, tmp_path / "hw", students=students, grace_h=0).entries

    assert (ann.submitted_at, ann.late_days) == ("2026-03-01T10:00:00+00:00", 0.0)
    assert bob.late_days == 0.0


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "no students"),
        ("login\nann\n", r"students.csv:2: no id in the column `student`"),
        ("student\nann\nann\n", "'ann' is there 2 times"),
        ("student,email\nann,x@y\nbob,x@y\n", "'x@y' stands for two students, ann and bob"),
        ("student,deadline\nann,2026-03-01T10:00\n", "no time zone"),
        ("student,deadline\nann,tomorrow\n", "'tomorrow' is no time"),
    ],
)
def test_a_class_list_that_cannot_be_used_says_why(tmp_path: Path, text: str, error: str) -> None:
    path = write(tmp_path / "students.csv", text)

    with pytest.raises(UsageError, match=error):
        read_students(path)


def test_the_rosters_of_gradescope_and_github_are_read(tmp_path: Path) -> None:
    gradescope_list = "First Name,Last Name,SID,Email,Role\nAnn,Smith,1001,ann@x.edu,Student\n"
    github_list = "identifier,github_username,github_id,name\n1001,ann-gh,77,Ann Smith\n"

    first = read_students(write(tmp_path / "a.csv", gradescope_list))
    second = read_students(write(tmp_path / "b.csv", github_list))

    assert first == (Person("1001", "Ann Smith", "ann@x.edu"),)
    assert second == (Person("1001", "Ann Smith", github="ann-gh"),)


def test_what_cannot_be_used_at_all_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    with pytest.raises(UsageError, match="does not exist"):
        read(tmp_path, tmp_path / "nowhere")
    with pytest.raises(UsageError, match="no submission in"):
        read(tmp_path, tmp_path / "empty")
