"""A class from its submissions to its files on the command line, also one without names."""

import csv
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from class_folders import write_class
from typer.testing import CliRunner, Result

from grader.batch.identity import Pseudonyms
from grader.cli import app

TOPIC = "hw5_mle"
ESSAY = "hw5_dAE.explanation"
CHECKS = (
    "--only", f"{TOPIC}.log_likelihood_formula", "--only", f"{TOPIC}.estimate_is_min_and_max",
    "--only", ESSAY,
)  # fmt: skip
LATE = ("--late-percent", "10", "--late-cap", "50")


def run(*arguments: str | Path, status: int = 0) -> Result:
    result = CliRunner().invoke(app, [str(each) for each in arguments])
    assert result.exit_code == status, result.output
    return result


def said(result: Result) -> str:
    """What was printed, without the ends of lines."""
    return " ".join(result.output.split())


@dataclass(frozen=True)
class Place:
    """A class on disk: its submissions, class list, key and gradebook."""

    folder: Path

    @property
    def submissions(self) -> Path:
        return self.folder / "submissions"

    @property
    def students(self) -> Path:
        return self.folder / "students.csv"

    @property
    def key(self) -> Path:
        return self.folder / "secret" / "class.key"

    @property
    def gradebook(self) -> Path:
        return self.folder / "kept" / "class.sqlite"


@pytest.fixture(scope="module")
def hidden(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A class of four, graded under pseudonyms; a module tells whose it is wherever it can."""
    place = Place(tmp_path_factory.mktemp("class"))
    write_class(place.folder, 4, [TOPIC])
    loud = place.submissions / "20260001" / f"{TOPIC}.py"
    loud.write_text(
        "# Bob Abbott\nimport numpy as np\nprint('bob.abbott@school.edu')\n"
        "def uniform_log_likelihood(samples, a, b):\n"
        "    print('by Bob Abbott, 20260001')\n"
        "    raise ValueError('Bob_Abbott, 20260001, was here, and Ann Abbott too')\n"
        "def uniform_mle(samples):\n    return 'Bob Abbott'\n"
    )
    (loud.parent / "Bob Abbott.txt").symlink_to("nowhere")
    run("pseudonyms", place.key, "--new")
    run(
        "batch", place.submissions, "--gradebook", place.gradebook, *CHECKS,
        "--students", place.students, "--pseudonyms", place.key, "--jobs", "2",
        "--deadline", "2020-01-01T00:00Z",
    )  # fmt: skip
    return place


def read(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def names(place: Place) -> list[str]:
    """Whatever tells who somebody is: ids, emails, names and their parts."""
    rows = read(place.students)
    found = [row[column] for row in rows for column in ("student", "name", "email")]
    found += [part for row in rows for part in row["name"].split() if len(part) > 2]
    return sorted({*found, str(place.submissions)})


def told(text: str, place: Place) -> list[str]:
    return [
        name
        for name in names(place)
        if re.search(rf"(?<![^\W_]){re.escape(name)}(?![^\W_])", text, re.IGNORECASE)
    ]


def test_no_output_of_a_pseudonymous_class_has_a_name(hidden: Place) -> None:
    kept = hidden.gradebook.parent
    said = run(
        "class-report", "--gradebook", hidden.gradebook, "--html", kept / "class.html",
        "--csv", kept / "marks.csv", "--canvas", kept / "canvas.csv", *LATE,
    ).output  # fmt: skip
    said += run(
        "similar", hidden.submissions, "--only", TOPIC, "--at-least", "1",
        "--students", hidden.students, "--pseudonyms", hidden.key, "--html", kept / "alike.html",
    ).output  # fmt: skip

    outputs = {path.name: path.read_bytes().decode("latin-1") for path in kept.iterdir()}

    assert {"class.sqlite", "class.html", "marks.csv", "canvas.csv", "alike.html"} <= set(outputs)
    assert {name: found for name, text in outputs.items() if (found := told(text, hidden))} == {}
    assert told(said, hidden) == []
    # The search itself finds what it looks for.
    loud = (hidden.submissions / "20260001" / f"{TOPIC}.py").read_text()
    assert {"20260001", "Bob", "Bob Abbott", "bob.abbott@school.edu"} <= set(told(loud, hidden))
    assert "was here" in outputs["class.sqlite"]


def test_the_key_lies_apart_and_is_nowhere_else(hidden: Place) -> None:
    secret = hidden.key.read_text().strip()

    assert hidden.key.stat().st_mode & 0o777 == 0o600
    for path in hidden.gradebook.parent.iterdir():
        data = path.read_bytes()
        assert secret.encode() not in data
        assert bytes.fromhex(secret) not in data


def test_the_key_and_the_class_list_lead_back(hidden: Place, tmp_path: Path) -> None:
    table = run("pseudonyms", hidden.key, "--students", hidden.students).output
    run(
        "class-report", "--gradebook", hidden.gradebook, "--canvas", tmp_path / "canvas.csv",
        "--students", hidden.students, "--pseudonyms", hidden.key,
    )  # fmt: skip

    names = Pseudonyms.load(hidden.key)
    assert f"{names.of('20260001')},20260001,Bob Abbott" in table
    rows = read(tmp_path / "canvas.csv")
    assert {row["Student"]: row["SIS Login ID"] for row in rows[1:]} == {
        name: f"2026000{number}"
        for number, name in enumerate(
            ("Ann Abbott", "Bob Abbott", "Cy Abbott", "Di Abbott", "Ed Abbott")
        )
    }
    assert {row["Student"]: row["Homework"] for row in rows[1:]}["Ed Abbott"] == ""


def test_late_days_and_their_correction_are_in_the_marks(hidden: Place, tmp_path: Path) -> None:
    marks = tmp_path / "marks.csv"
    command = ("class-report", "--gradebook", hidden.gradebook, "--csv", marks, *LATE)
    corrections = tmp_path / "late.csv"
    corrections.write_text("student,late_days,note\n20260002,2,Cy Abbott was ill\n")

    run("by-hand", "--gradebook", hidden.gradebook, "--late-days", corrections,
        "--pseudonyms", hidden.key)  # fmt: skip
    run(*command)

    rows = {row["student"]: row for row in read(marks)}
    names = Pseudonyms.load(hidden.key)
    cy, di = rows[names.of("20260002")], rows[names.of("20260003")]
    assert (cy["late_days"], float(cy["mark"])) == ("2", pytest.approx(float(cy["earned"]) * 0.8))
    assert float(di["late_days"]) > 2000
    assert float(di["mark"]) == pytest.approx(float(di["earned"]) * 0.5)


def test_points_by_hand_are_merged_and_only_for_this_gradebook(
    hidden: Place, tmp_path: Path
) -> None:
    marks, points = tmp_path / "marks.csv", tmp_path / "points.csv"
    report = ("class-report", "--gradebook", hidden.gradebook, "--csv", marks)
    enter = ("by-hand", "--gradebook", hidden.gradebook, "--points", points, "--pseudonyms",
             hidden.key)  # fmt: skip
    di = Pseudonyms.load(hidden.key).of("20260003")
    run(*report)
    before = next(row for row in read(marks) if row["student"] == di)
    points.write_text(f"student,check,points\n20260003,{ESSAY},1.5\n")

    run(*enter)
    run(*report)

    after = next(row for row in read(marks) if row["student"] == di)
    assert before["open"] == "2 points by hand pending"
    assert after["open"] == ""
    assert float(after["earned"]) == float(before["earned"]) + 1.5
    points.write_text("student,check,points\n20260003,hw2_digits.analysis,1\n")
    assert f"is no manual item here; there are {ESSAY}" in said(run(*enter, status=2))
    points.write_text(f"student,check,points\nnobody,{ESSAY},1\n")
    assert "is no student of" in said(run(*enter, status=2))


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["class-report", "--gradebook", "G"], "give --html, --csv or --canvas a file"),
        (["class-report", "--gradebook", "none", "--csv", "F"], "there is no gradebook"),
        (
            ["class-report", "--gradebook", "G", "--csv", "F", "--late-percent", "101"],
            "between 0 and 100 percent",
        ),
        (["class-report", "--gradebook", "G", "--csv", "F", "--pseudonyms", "K"], "--students too"),
        (["by-hand", "--gradebook", "G"], "give --points or --late-days a file"),
        (["pseudonyms", "K"], "give --students to find students again"),
        (["pseudonyms", "K", "--new"], "never overwritten"),
        (["similar", "S", "--only", "hw5_mle", "--stubs", "F"], "with --stubs"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_exit_2(
    hidden: Place, tmp_path: Path, arguments: list[str], error: str
) -> None:
    paths = {"G": hidden.gradebook, "K": hidden.key, "S": hidden.submissions, "F": tmp_path / "f"}

    result = run(*[paths.get(each, each) for each in arguments], status=2)

    assert error in said(result)


def test_similar_names_the_package_that_it_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "copydetect", None)
    monkeypatch.delitem(sys.modules, "grader.instructor.similar", raising=False)

    done = run("similar", tmp_path, "--only", TOPIC, status=2)

    assert "pip install 'ml-homework-grader[alike]'" in done.output
