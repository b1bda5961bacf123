"""A new topic works from the first minute, and the tutorial is true to the letter."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from grader.author import new_topic as new_topic_module
from grader.cli import COMMANDS
from grader.errors import UsageError
from grader.rubric import Rubric, load_rubric

NAME = "hw5_example"
CHAFFS = (
    "sums",
    "no_errors",
    "package_not_allowed",
    "window_opened",
    "style_ignored",
    "comments_removed",
)
TUTORIAL = Path("docs", "new-topic.md")
TOPIC = "hw5_softmax"


@dataclass(frozen=True)
class Block:
    """A fenced block: the file that it is, or None for commands with their output."""

    file: Path | None
    text: str

    def commands(self) -> list[tuple[str, list[str]]]:
        """Each command, with the lines that its output must have."""
        found: list[tuple[str, list[str]]] = []
        for line in self.text.splitlines():
            if line.startswith("$ "):
                found.append((line.removeprefix("$ "), []))
            else:
                found[-1][1].append(line)
        return found


def blocks(root: Path) -> list[Block]:
    tokens = MarkdownIt().parse((root / TUTORIAL).read_text(encoding="utf-8"))
    found = []
    for number, token in enumerate(tokens):
        if token.type != "fence":
            continue
        named = re.fullmatch("`([^`]+)`:", tokens[number - 2].content)
        assert token.info == "console" or named, token.content
        file = Path(named[1]) if named and token.info != "console" else None
        found.append(Block(file, token.content))
    return found


@dataclass(frozen=True)
class Copy:
    """A checkout of its own, and the commands of its environment."""

    root: Path

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        path = os.pathsep.join([str(self.root / "bin"), os.environ["PATH"]])
        environment = {**os.environ, "PYTHONPATH": str(self.root), "PATH": path, "COLUMNS": "100"}
        return subprocess.run(
            ["bash", "-euc", command], cwd=self.root, env=environment, text=True,
            capture_output=True, timeout=300, check=False,
        )  # fmt: skip


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Copy:
    copy = tmp_path_factory.mktemp("checkout")
    # No topic here needs the trained models or the data sets.
    ignored = shutil.ignore_patterns("__pycache__", "*.pth", "*.gz", "*.pt")
    for part in ("grader", "reference", "student"):
        shutil.copytree(root / part, copy / part, ignore=ignored)
    shutil.copy(root / "pyproject.toml", copy)
    (copy / "bin").mkdir()
    for name, start in (("grader", "-m grader"), ("python", "")):
        script = copy / "bin" / name
        script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {start} "$@"\n')
        script.chmod(0o755)
    return Copy(copy)


@pytest.fixture(scope="module")
def made(checkout: Copy) -> Iterator[list[str]]:
    """The files of a new topic, which are removed again."""
    listing = checkout.root / "grader" / "checks" / "rubric.toml"
    before = listing.read_text()
    done = checkout.run(f"grader new-topic {NAME}")
    assert done.returncode == 0, done.stderr
    files = [line.removesuffix(" written") for line in done.stdout.splitlines()[:-1]]
    yield files
    for file in files:
        if not file.endswith("rubric.toml"):
            (checkout.root / file).unlink()
    listing.write_text(before)


def test_a_new_topic_has_every_file_and_they_pass_the_projects_own_lint(
    checkout: Copy, made: list[str]
) -> None:
    wheats, chaffs = (f"tests/submissions/{kind}/{NAME}" for kind in ("wheats", "chaffs"))
    # Two chaffs are there to be found fault with.
    sources = [
        file
        for file in made
        if file.endswith(".py") and not file.endswith(("style_ignored.py", "not_allowed.py"))
    ]

    assert set(made) == {
        f"reference/{NAME}.py", f"grader/checks/{NAME}.toml", f"grader/checks/{NAME}.py",
        f"{wheats}/running_sum.py", *(f"{chaffs}/{chaff}.py" for chaff in CHAFFS),
        "grader/checks/rubric.toml", f"student/{NAME}.py",
    }  # fmt: skip
    assert checkout.run(f"python -m ruff check {' '.join(sources)}").returncode == 0
    done = checkout.run(f"python -m ruff format --check {' '.join(sources)}")
    assert done.returncode == 0, done.stdout


def test_a_new_topics_stub_is_the_one_that_the_reference_gives(
    checkout: Copy, made: list[str]
) -> None:
    assert (
        checkout.run(f"grader stubs --check && grep -q NotImpl student/{NAME}.py").returncode == 0
    )


def test_the_listing_keeps_its_comments_and_its_topics(
    checkout: Copy, made: list[str], root: Path
) -> None:
    before = (root / "grader" / "checks" / "rubric.toml").read_text()
    after = (checkout.root / "grader" / "checks" / "rubric.toml").read_text()

    old, new = tomllib.loads(before), tomllib.loads(after)
    assert new["assignment"][1]["topics"] == [*old["assignment"][1]["topics"], NAME]
    assert [line for line in before.splitlines() if line.startswith("#")] == [
        line for line in after.splitlines() if line.startswith("#")
    ]


def test_a_new_topic_has_the_rules_of_its_homework(checkout: Copy, made: list[str]) -> None:
    topic = load_rubric(checkout.root / "grader" / "checks").topic(NAME)

    neighbours = [t for t in load_rubric().topics if t.assignment == topic.assignment]
    for name in ("allowed_imports", "pep8", "comments"):
        entries = [next(c for c in t.checks if c.id == f"{t.name}.{name}") for t in neighbours]
        (mine,) = (check for check in topic.checks if check.id == f"{NAME}.{name}")
        assert {(repr(one.rules), one.deduction) for one in (*entries, mine)} == {
            (repr(mine.rules), mine.deduction)
        }
    (calls,) = (check for check in topic.checks if check.id == f"{NAME}.calls")
    assert calls.functions == ("moving_average",)
    assert not [rule for rule in calls.rules["calls"] if "functions" in rule]


@pytest.mark.parametrize("assignment", load_rubric().assignments)
def test_rules_about_a_neighbours_own_functions_stay_with_it(assignment: str) -> None:
    policies = new_topic_module._policies(assignment, load_rubric())

    assert set(policies.checks) == {"allowed_imports", "calls", "comments", "pep8"}
    assert "functions" not in policies.part


def test_without_a_neighbour_there_are_no_rules_to_take(tmp_path: Path) -> None:
    empty = Rubric({"lab1": "A lab"}, (), {})

    policies = new_topic_module._policies("lab1", empty)
    texts = new_topic_module._render("lab1_x", "lab1", "Lab", policies)

    assert not any("policies" in text or "rules" in text for text in texts.values())


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("hw5_pca", "is there already"),
        ("hw5_PCA", "hw5_pca is there already"),
        ("softmax", "hw2_ or hw5_"),
        ("hw9_softmax", "hw2_ or hw5_"),
        ("hw5_", "cannot name a topic"),
        ("hw5_a-b", "cannot name a topic"),
        ("hw5_../x", "cannot name a topic"),
        ("hw5_ä", "cannot name a topic"),
        ("hw5_" + "x" * 50, "cannot name a topic"),
    ],
)
def test_bad_names_are_refused_with_the_fix_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, words: str
) -> None:
    (tmp_path / "reference").mkdir()
    monkeypatch.setattr(new_topic_module, "PROJECT", tmp_path)

    with pytest.raises(UsageError, match=re.escape(words)):
        new_topic_module.new_topic(name)
    assert list(tmp_path.rglob("*.*")) == []


def test_files_that_are_there_are_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = tmp_path / "reference" / f"{NAME}.py"
    mine.parent.mkdir()
    mine.write_text("mine")
    monkeypatch.setattr(new_topic_module, "PROJECT", tmp_path)

    with pytest.raises(UsageError, match="is there already: remove it"):
        new_topic_module.new_topic(NAME)
    assert mine.read_text() == "mine"
    assert len(list(tmp_path.rglob("*.*"))) == 1


@pytest.mark.slow
def test_a_new_topic_is_graded_and_audited_at_once(checkout: Copy, made: list[str]) -> None:
    reference = checkout.run(f"grader grade reference --only {NAME} --fail-under 100")
    student = checkout.run(f"grader grade student --only {NAME}")
    audit = checkout.run(f"grader audit --only {NAME}")

    assert (reference.returncode, student.returncode) == (0, 0)
    assert "Score 3 of 3" in reference.stdout
    assert "Score 0 of 3" in student.stdout
    assert audit.returncode == 0, audit.stdout


def test_the_tutorials_files_compile_and_pass_the_projects_own_lint(root: Path) -> None:
    for block in blocks(root):
        if block.file is None:
            continue
        if block.file.suffix == ".toml":
            tomllib.loads(block.text)
            continue
        compile(block.text, str(block.file), "exec")
        for verb in (["check"], ["format", "--check"]):
            command = [
                sys.executable,
                "-m",
                "ruff",
                *verb,
                "--stdin-filename",
                str(block.file),
                "-",
            ]
            done = subprocess.run(
                command, input=block.text, capture_output=True, text=True, cwd=root, check=False
            )
            assert done.returncode == 0, f"{block.file}: {done.stdout}{done.stderr}"


def test_the_tutorials_commands_exist_and_it_writes_every_file_of_a_topic(root: Path) -> None:
    known = {c.__name__.replace("_", "-") for part in COMMANDS.values() for c in part}
    used = [
        shlex.split(command)[1]
        for block in blocks(root)
        if block.file is None
        for command, _ in block.commands()
        if command.startswith("grader ")
    ]
    files = {str(block.file) for block in blocks(root) if block.file}

    assert used[0] == "new-topic"
    assert set(used) <= known
    assert {
        f"reference/{TOPIC}.py",
        f"grader/checks/{TOPIC}.py",
        f"grader/checks/{TOPIC}.toml",
    } < files


@pytest.mark.slow
def test_the_tutorial_works_as_it_stands(checkout: Copy, root: Path) -> None:
    for block in blocks(root):
        if block.file is not None:
            (checkout.root / block.file).write_text(block.text)
            continue
        for command, expected in block.commands():
            done = checkout.run(command)
            assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
            missing = [line for line in expected if line not in done.stdout]
            assert missing == [], f"{command}\n{done.stdout}"
