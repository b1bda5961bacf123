"""Help, completion, and what bad input is told: for every command there is."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Literal

import pytest
import typer
from typer.testing import CliRunner

from grader.cli import COMMANDS, app, common
from grader.rubric import load_rubric

NAMES = [c.__name__.strip("_").replace("_", "-") for part in COMMANDS.values() for c in part]
GROUP = typer.main.get_command(app)


def example_of(name: str) -> list[str]:
    """The example in a command's help, as arguments."""
    found = re.findall(r"Example: `grader ([^`]+)`", GROUP.commands[name].help or "")
    assert found, f"{name} --help has no example"
    return shlex.split(found[0])


@pytest.mark.parametrize("name", NAMES)
def test_every_commands_help_has_an_example_that_its_parser_takes(name: str) -> None:
    command, *arguments = example_of(name)

    assert command == name
    # It refuses what it does not know.
    with GROUP.commands[name].make_context(name, arguments):
        pass


@pytest.mark.parametrize("name", NAMES)
def test_help_shows_the_example_and_says_what_every_option_is_for(name: str) -> None:
    shown = CliRunner().invoke(app, [name, "--help"], env={"COLUMNS": "200"}).output

    assert "Example:" in shown
    without = [p.name for p in GROUP.commands[name].params if not getattr(p, "help", None)]
    assert without == []


def completed(line: str) -> list[str]:
    """What bash is offered at the end of the line."""
    words = line.split(" ")
    program = (
        "import sys; sys.argv = ['grader']; from grader.cli import app; app(prog_name='grader')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False,
        env={
            **os.environ, "_GRADER_COMPLETE": "complete_bash", "COMP_WORDS": line,
            "COMP_CWORD": str(len(words) - 1),
        },
    )  # fmt: skip
    return done.stdout.split()


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("grader grade student --only hw5_m", ["hw5_mle", "hw5_mle.a"]),
        ("grader checks --only hw5_pca.b", ["hw5_pca.b"]),
        ("grader watch hw5_pe", ["hw5_perceptron"]),
        ("grader replay hw5_mle.estimate_is", ["hw5_mle.estimate_is_min_and_max"]),
        ("grader audit --only hw5_v", ["hw5_vae"]),
        ("grader batch class --assignment hw", list(load_rubric().assignments)),
        ("grader gr", ["grade"]),
    ],
)
def test_a_shell_is_offered_commands_topics_parts_and_checks(line: str, offered: list[str]) -> None:
    found = completed(line)

    assert set(offered) <= set(found)
    assert all(name.startswith(line.rpartition(" ")[2]) for name in found)


def test_a_shell_is_offered_every_topic() -> None:
    assert {topic.name for topic in load_rubric().topics} <= set(completed("grader watch hw"))


@pytest.mark.parametrize("spelt", ["hw5", "HW5", "Hw5"])
@pytest.mark.parametrize("command", ["grade", "similar", "gradescope-zip"])
def test_an_assignment_may_be_in_upper_case(command: str, spelt: str) -> None:
    arguments = ["a path", "--assignment", spelt]

    with GROUP.commands[command].make_context(command, arguments) as context:
        assert context.params["assignment"] == "hw5"


def test_the_assignments_are_those_of_the_rubric(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = CliRunner().invoke(app, ["grade", "--help"], env={"COLUMNS": "200"}).output
    assert f"<{'|'.join(load_rubric().assignments)}>" in shown

    monkeypatch.setattr(common, "assignment_titles", lambda: {"lab1": "One", "lab2": "Two"})

    assert common._one_of_the_assignments() == Literal["lab1", "lab2"]


def test_a_damaged_list_of_assignments_is_told_by_the_command_that_needs_it(
    tmp_path: Path, root: Path
) -> None:
    shutil.copytree(
        root / "grader", tmp_path / "grader", ignore=shutil.ignore_patterns("__pycache__", "*.gz")
    )
    (tmp_path / "grader" / "checks" / "rubric.toml").write_text("[[assignment]]\n")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "grader", *arguments], cwd=tmp_path, check=False,
            env={**os.environ, "PYTHONPATH": str(tmp_path)}, capture_output=True, text=True,
        )  # fmt: skip

    assert run("--help").returncode == 0
    told = run("checks")
    assert (told.returncode, told.stdout) == (3, "")
    assert told.stderr == "error: rubric.toml: the key 'id' is missing\n"


@pytest.mark.parametrize(
    ("arguments", "fix"),
    [
        (["grade", ".", "--assignment", "hw9"], "'hw2', 'hw5'"),
        (["grade", ".", "--isolation", "full"], "'auto', 'strict', 'process', 'none'"),
        (["grade", ".", "--only", "hw5_mle.estimate_is_min_and_mx"], "did you mean"),
        (["grade", ".", "--only", "nothing"], "`grader checks` lists them"),
        (["checks", "--only", "hw5_mel"], "did you mean hw5_mle"),
        (["watch", "hw5_mel", "."], "did you mean hw5_mle"),
        (["replay", "hw5_mle", "."], "`grader checks` lists them"),
        (["audit", "--only", "hw5_mel"], "hw5_mle"),
        (["mutants", "--only", "hw5_mel"], "hw5_mle"),
        (["new-topic", "softmax"], "hw5_"),
        (["grad", "."], "grade"),
    ],
)
def test_bad_input_exits_2_and_names_the_fix(arguments: list[str], fix: str) -> None:
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": "200"})

    assert result.exit_code == 2, result.output
    assert fix in result.output
