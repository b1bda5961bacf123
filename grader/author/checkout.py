"""The checkout that the author's commands work in, and the part of it that leaves the house."""

import shutil
import tomllib
from pathlib import Path

import tomli_w

from grader.errors import UsageError
from grader.rubric import CHECKS

PACKAGE = CHECKS.parent
PROJECT = PACKAGE.parent

GRADING = (
    "__init__.py", "__main__.py", "affected.py", "cache.py", "checks", "data", "definitions.py",
    "doctor.py", "engine", "errors.py", "figures.py", "files.py", "grading.py", "notebooks.py",
    "outputs.py", "records.py", "report", "reuse.py", "rubric.py", "sandbox", "scoring.py",
    "submission.py", "tables.py", "watch.py",
)  # fmt: skip
"""What of the package grades one submission. All the rest is for those who set and grade homework:
it stays at home."""
COMMANDS = ("__init__.py", "common.py", "grading.py", "machine.py", "writing.py")
"""What of `cli` goes with it."""
JUNK = shutil.ignore_patterns("__pycache__", ".*", "*.pyc", "*~", "*.orig", "*.rej", "*.bak")


def expect_checkout(needed: str) -> None:
    """UsageError unless this grader runs from a checkout, which has the file or folder `needed`."""
    if not (PROJECT / needed).exists():
        raise UsageError(f"{PROJECT} is not a checkout of the grader: run this in one")


def copy_package(folder: Path) -> None:
    """What grades a submission, with all its checks, as a project of its own in `folder`."""
    expect_checkout("pyproject.toml")
    for parent, names in ((Path(), GRADING), (Path("cli"), COMMANDS)):
        for name in names:
            _copy(PACKAGE / parent / name, folder / "grader" / parent / name)
    _copy(PROJECT / "LICENSE", folder / "LICENSE")
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    kept = {
        "build-system": project["build-system"],
        "project": {
            key: value for key, value in project["project"].items()
            if key not in ("optional-dependencies", "readme")
        },
        "tool": {"setuptools": project["tool"]["setuptools"]},
    }  # fmt: skip
    (folder / "pyproject.toml").write_text(tomli_w.dumps(kept), encoding="utf-8")


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=JUNK)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
