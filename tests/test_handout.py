"""The handout works on its own, and counts what it does not hold."""

import json
import re
import shutil
import sys
import tomllib
from pathlib import Path

import pytest
from handouts import HIDDEN, TOPIC, WHOLLY, public, run
from ruamel.yaml import YAML
from typer.testing import CliRunner

from grader.author.handout import write_handout
from grader.cli import app
from grader.errors import RubricError, UsageError
from grader.rubric import load_rubric


@pytest.fixture
def environment(tmp_path: Path, handout: Path) -> Path:
    """An environment as `make setup` leaves it, with this interpreter's packages."""
    python = tmp_path / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    (tmp_path / "venv" / ".installed").touch()
    return tmp_path / "venv"


def test_it_grades_on_its_own_and_counts_the_hidden_checks(
    handout: Path, environment: Path, root: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    shutil.copy(root / "reference" / f"{TOPIC}.py", mine)
    out = tmp_path / "report.json"

    done = run(
        handout, "make", "grade", f"VENV={environment}", f"SUBMISSION={mine}",
        f"GRADE_ARGS=--only {TOPIC} --json {out}",
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    report = json.loads(out.read_text())
    assert (report["score"], report["max_score"]) == (3, 3)
    assert "every check here also runs officially" in done.stdout.lower()
    assert report["remarks"] == [
        "Every check here also runs officially, perhaps on other inputs."
        f" Only there run 2 hidden checks, 2 points ({TOPIC}: 2)."
    ]
    (problem,) = [part for part in report["problems"] if not part["id"].endswith(".rules")]
    assert problem["title"].endswith("(and officially 2 hidden checks, 2 points)")
    assert not {check["id"] for check in problem["checks"]} & set(HIDDEN)


def test_its_workflow_grades_into_githubs_files(
    handout: Path, environment: Path, root: Path, tmp_path: Path
) -> None:
    workflow = YAML(typ="safe").load((handout / ".github" / "workflows" / "grade.yml").read_text())
    (line,) = [s["run"] for s in workflow["jobs"]["grade"]["steps"] if s.get("id") == "grade"]
    (tmp_path / "mine").mkdir()
    shutil.copy(root / "reference" / f"{TOPIC}.py", tmp_path / "mine")
    summary, output = tmp_path / "summary", tmp_path / "output"
    repository = shutil.copytree(handout, tmp_path / "repository")

    done = run(
        repository, "bash", "-c", line, VENV=str(environment), SUBMISSION=str(tmp_path / "mine"),
        GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary), GITHUB_OUTPUT=str(output),
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert f"Only there run {len(HIDDEN)} hidden checks" in summary.read_text()
    assert output.read_text().startswith("result=")
    for name in ("report.html", "report.json"):
        assert (repository / name).stat().st_size


def test_its_stubs_earn_nothing_and_make_grade_needs_no_argument(
    handout: Path, environment: Path
) -> None:
    done = run(handout, "make", "grade", f"VENV={environment}", "GRADE_ARGS=--only hw5_pca")

    assert done.returncode == 0, done.stderr
    assert "Score 0 of 7" in done.stdout
    assert "No check is hidden." in " ".join(done.stdout.split())


def test_the_official_checks_are_those_of_the_handout_and_the_hidden_ones(
    checkout: Path, handout: Path
) -> None:
    official, public = (load_rubric(folder / "grader" / "checks") for folder in (checkout, handout))

    assert (official.handout, public.handout) == (False, True)
    assert set(official.index) - set(public.index) == set(HIDDEN)
    for entry in public.index.values():
        same = official.index[entry.id]
        assert (entry.points, entry.title, entry.limits, entry.thresholds, entry.examples) == (
            same.points, same.title, same.limits, same.thresholds, same.examples,
        )  # fmt: skip
    hidden = public.topic(TOPIC).hidden
    assert (hidden.checks, hidden.points) == (2, 2.0)
    assert public.topic(WHOLLY).checks == ()
    assert public.topic(WHOLLY).hidden.points == 30


def test_its_commands_are_the_students(handout: Path) -> None:
    program = (
        "from grader.cli import COMMANDS;"
        "print(*(command.__name__ for panel in COMMANDS.values() for command in panel))"
    )

    done = run(handout, sys.executable, "-c", program)

    assert done.stdout.split() == [
        "grade", "watch", "replay", "checks", "notebook", "doctor", "data",
    ]  # fmt: skip


def test_a_student_makes_a_notebook_of_every_module(handout: Path, tmp_path: Path) -> None:
    done = run(handout, sys.executable, "-m", "grader", "notebook", tmp_path / "notebooks")

    assert done.returncode == 0, done.stderr
    made = {path.stem for path in (tmp_path / "notebooks").glob("*.ipynb")}
    assert made == {topic.name for topic in public(handout)}


def test_checks_tells_what_else_runs_officially(handout: Path) -> None:
    done = run(handout, sys.executable, "-m", "grader", "checks")

    wholly = len(HIDDEN) - 2
    assert (
        f"Only there run {len(HIDDEN)} hidden checks, 32 points ({WHOLLY}: {wholly}; {TOPIC}: 2)."
    ) in done.stdout


def test_its_readme_and_pins_are_its_own(root: Path, handout: Path) -> None:
    readme = (handout / "README.md").read_text()
    made = tomllib.loads((handout / "pyproject.toml").read_text())
    whole = tomllib.loads((root / "pyproject.toml").read_text())

    assert f"{len(HIDDEN)} more checks run only there, for 32 points" in readme
    assert re.search(rf"^\| `student/{WHOLLY}.py` \| .* \| 8 \| 8 \|$", readme, re.MULTILINE)
    assert "take off at most 1 point of this homework" in readme
    assert re.search(r"^\| `student/hw5_mle.py` \| .* \| 5 \| 2 \|$", readme, re.MULTILINE)
    assert "instructor" not in readme.lower()
    assert made["project"]["dependencies"] == whole["project"]["dependencies"]
    assert "optional-dependencies" not in made["project"]


def test_a_homeworks_handout_knows_of_no_other(checkout: Path, handout: Path) -> None:
    done = run(checkout, sys.executable, "-m", "grader", "handout", "hw2", "--assignment", "hw2")
    assert done.returncode == 0, done.stderr
    made, whole = checkout / "hw2", load_rubric(handout / "grader" / "checks")
    names = {topic.name for topic in whole.topics if topic.assignment == "hw2"}
    others = {topic.name for topic in whole.topics} - names

    rubric = load_rubric(made / "grader" / "checks")

    assert list(rubric.assignments) == ["hw2"]
    assert {topic.name for topic in rubric.topics} == names
    assert {path.stem for path in (made / "student").iterdir()} == names
    stems = {path.stem for path in (made / "grader" / "checks").iterdir()}
    assert not stems & others
    assert not [name for name in others if name in (made / "README.md").read_text()]
    # What the other homework alone uses is not there, what both use is as in the whole handout.
    support = {path.name for path in (made / "grader" / "checks" / "support").glob("*.py")}
    assert "compare.py" in support
    assert "gan_oracle.py" not in support
    for name in ("hw2_digits.py", "support/purity.py"):
        path = Path("grader", "checks", name)
        assert (made / path).read_text() == (handout / path).read_text()


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").touch()

    with pytest.raises(UsageError, match="is there already"):
        write_handout(Path("reference"), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize("command", ["handout", "notebook", "gradescope-zip"])
def test_what_cannot_be_written_is_one_sentence(
    root: Path, tmp_path: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    (tmp_path / "file").touch()

    result = CliRunner().invoke(app, [command, str(tmp_path / "file" / "out")])

    assert result.exit_code == 2
    assert "cannot be written" in " ".join(result.output.split())
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_handout_that_cannot_be_built_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="needs its reference"):
        write_handout(tmp_path / "no reference", tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("handout = true\n", "", "`hidden` is for a handout"),
        ("points = 2.0\n\n[[problem.check]]", "points = 3.0\n\n[[problem.check]]", "points"),
        ("checks = 2\n", "", "with `checks` and `points`"),
        ('kind = "property"', 'kind = "property"\nvisibility = "hidden"', "has no hidden check"),
    ],
)
def test_a_handouts_rubric_that_contradicts_itself_does_not_load(
    handout: Path, tmp_path: Path, old: str, new: str, words: str
) -> None:
    shutil.copytree(handout / "grader" / "checks", tmp_path / "checks")
    found = [p for p in (tmp_path / "checks").glob("*.toml") if old in p.read_text()]
    path = next(p for p in found if p.stem in (TOPIC, "rubric"))
    path.write_text(path.read_text().replace(old, new, 1))

    with pytest.raises(RubricError, match=words):
        load_rubric(tmp_path / "checks")


def collected(folder: Path) -> set[str]:
    """The checks that pytest finds in the checks' folder, each by file and name."""
    files = sorted((folder / "grader" / "checks").glob("hw*.py"))
    done = run(
        folder, sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider",
        "-p", "grader.engine.plugin", "-c", "grader/checks/pytest.ini", "--submission", "student",
        *files,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    return {line.split("/")[-1] for line in done.stdout.splitlines() if "::" in line}


@pytest.mark.slow
def test_every_public_check_is_there_and_imports(checkout: Path, handout: Path) -> None:
    official, public = collected(checkout), collected(handout)

    assert len(public) > 100
    assert official - public == {name.replace(".", ".py::test_") for name in HIDDEN}
    assert public <= official
