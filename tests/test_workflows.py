"""The GitHub Actions workflows: valid by their published schema, and true to what they run."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from typer.main import get_command

from grader.author.rendering import TEMPLATES
from grader.cli import app

STUDENTS = TEMPLATES / "handout" / ".github" / "workflows" / "grade.yml"
INSTRUCTORS = Path(__file__).parent.parent / ".github" / "workflows" / "ci.yml"
BOTH = pytest.mark.parametrize("path", [STUDENTS, INSTRUCTORS], ids=["students", "instructors"])


def workflow(path: Path) -> dict[str, Any]:
    return YAML(typ="safe").load(path.read_text())


def steps(path: Path) -> list[dict[str, Any]]:
    return [step for job in workflow(path)["jobs"].values() for step in job["steps"]]


@BOTH
def test_it_is_valid_by_the_published_schema(path: Path) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema"]

    done = subprocess.run(
        [*command, "vendor.github-workflows", path], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout


@BOTH
def test_it_is_bounded_and_asks_for_no_more_than_it_needs(path: Path) -> None:
    found = workflow(path)

    assert "pull_request_target" not in found["on"]
    assert found["permissions"]["contents"] == "read"
    assert set(found["permissions"]) <= {"contents", "actions", "checks"}
    for job in found["jobs"].values():
        assert 0 < job["timeout-minutes"] <= 90
    for step in steps(path):
        # Text from an event, such as a title or a branch, must not become a command.
        assert "${{" not in step.get("run", "")
        assert re.search(r"@v\d+$", step.get("uses", "@v1"))


@BOTH
def test_what_it_runs_is_there(path: Path) -> None:
    makefile = (TEMPLATES / "handout" if path == STUDENTS else INSTRUCTORS.parents[2]) / "Makefile"
    targets = set(re.findall(r"^([a-z-]+):", makefile.read_text(), re.MULTILINE))
    commands = set(get_command(app).commands)  # type: ignore[attr-defined]
    lines = [line.strip() for step in steps(path) for line in step.get("run", "").splitlines()]

    assert lines
    for line in lines:
        program, _, rest = line.partition(" ")
        if program == "make":
            assert rest.split()[0] in targets, line
        elif program == "grader":
            assert rest.split()[0] in commands, line
        else:
            assert program in (".", "sudo", ".ci/run"), line


def test_classrooms_reporter_gets_the_result_of_the_grading_step() -> None:
    (reporter,) = [s for s in steps(STUDENTS) if "autograding-grading-reporter" in str(s)]
    (grading,) = [s for s in steps(STUDENTS) if "--github" in s.get("run", "")]

    # The reporter reads the variable that is named for its runner.
    assert reporter["with"]["runners"] == grading["id"]
    result = f"${{{{ steps.{grading['id']}.outputs.result }}}}"
    assert reporter["env"] == {f"{grading['id'].upper()}_RESULTS": result}
