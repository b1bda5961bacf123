"""The documents are true: the sample is what is printed, and what they tell to run is there."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from grader.cli import app

DOCUMENTS = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/class.md", "docs/cluster.md")
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]
TOPIC = "hw2_least_squares"
TWO_ANSWERS = '''

_right = my_func_fit


def my_func_fit(X, y):
    """The two answers in the wrong order."""
    return _right(X, y)[::-1]


def regression_plot(*args, **kwargs):
    """Not written yet."""
    raise NotImplementedError
'''


def stripped(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines()]


def test_the_readmes_sample_is_what_is_printed(root: Path, tmp_path: Path) -> None:
    readme = (root / "README.md").read_text(encoding="utf-8")
    (sample,) = [b for b in re.findall(r"```\n(.*?)```", readme, re.DOTALL) if "FAILED" in b]
    shown, end = sample.split("\n...\n\n")
    (tmp_path / "student").mkdir()
    module = tmp_path / "student" / f"{TOPIC}.py"
    shutil.copy(root / "reference" / module.name, module)
    module.write_text(module.read_text() + TWO_ANSWERS)

    done = subprocess.run(
        [sys.executable, "-m", "grader", "grade", "student", "--only", TOPIC], cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(root), "COLUMNS": "88"}, text=True,
        capture_output=True, timeout=120, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    printed = stripped(done.stdout)
    assert printed[: len(stripped(shown))] == stripped(shown)
    score, name = stripped(end)
    assert printed[-2] == score
    # Here isolation may be another than on the machine of the sample.
    assert printed[-1].startswith(name.split(",")[0])


def blocks(text: str) -> list[str]:
    """What stands in code, in fences and in lines, with continued lines joined."""
    fenced = re.findall(r"```\w*\n(.*?)```", text, re.DOTALL)
    inline = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    return [
        line for block in fenced for line in re.sub(r"\n {4,}", " ", block).split("\n")
    ] + inline


@pytest.mark.parametrize("document", DOCUMENTS)
def test_commands_and_their_options_are_there(root: Path, document: str) -> None:
    lines = blocks((root / document).read_text(encoding="utf-8"))

    told = [re.match(r"(?:\.venv/bin/)?grader ([a-z][a-z-]*)(.*)", line) for line in lines]
    for command, rest in (found.groups() for found in told if found):
        assert command in COMMANDS, f"grader {command}{rest}"
        known = {name for one in COMMANDS[command].params for name in one.opts}
        # In a table, a cell ends before the words about it.
        options = re.findall(r"(?<![\w-])--[a-z][a-z-]*", rest.split("   ")[0])
        assert set(options) <= {*known, "--help"}, f"grader {command}{rest}"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_targets_and_files_are_there(root: Path, document: str) -> None:
    text = (root / document).read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (root / "Makefile").read_text(), re.MULTILINE))

    for line in blocks(text):
        if found := re.match(r"make ([a-z-]+)", line):
            assert found[1] in targets, line
    linked = re.findall(r"\]\(([^)#:]+)\)", text)
    named = re.findall(r"`((?:grader|tests|docs|benchmarks)/[\w/.-]+\.\w+)`", text)
    base = (root / document).parent
    assert not [name for name in linked if not (base / name).exists()]
    assert not [name for name in named if not (root / name).exists()]


def test_every_document_tells_of_some_command(root: Path) -> None:
    for document in DOCUMENTS:
        lines = blocks((root / document).read_text(encoding="utf-8"))
        assert [line for line in lines if line.startswith(("grader ", "make "))], document
