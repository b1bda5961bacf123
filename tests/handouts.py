"""A checkout that hides some checks, and what the tests of its handout share."""

import os
import shutil
import subprocess
from pathlib import Path

from grader.rubric import Topic, load_rubric

TOPIC = "hw5_mle"
WHOLLY = "hw2_least_squares"
"""A topic all of whose checks are hidden."""
HIDDEN = {
    name: check.title
    for name, check in load_rubric().index.items()
    if name.startswith(f"{WHOLLY}.")
    or name in (f"{TOPIC}.estimate_is_min_and_max", f"{TOPIC}.errors_are_raised")
}


def run(folder: Path, *command: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        list(map(str, command)), cwd=folder, capture_output=True, text=True, timeout=120,
        env={**os.environ, "PYTHONPATH": str(folder), **variables}, check=False,
    )  # fmt: skip


def make_checkout(root: Path, folder: Path) -> Path:
    """A copy of the checkout whose rubric hides two checks of one topic, and all of another."""
    for name in ("grader", "reference"):
        shutil.copytree(root / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("LICENSE", "pyproject.toml"):
        shutil.copy(root / name, folder)
    for topic, name in (check.split(".") for check in HIDDEN):
        path = folder / "grader" / "checks" / f"{topic}.toml"
        line = f'name = "{name}"\n'
        assert line in path.read_text()
        path.write_text(path.read_text().replace(line, f'{line}visibility = "hidden"\n'))
    return folder


def public(handout: Path) -> tuple[Topic, ...]:
    return load_rubric(handout / "grader" / "checks").topics
