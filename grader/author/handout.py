"""The handout: what students get. It works on its own, and holds no answer.

In it are the stubs, the grader, the public checks and a README; not the reference, the hidden
checks, what measurements say of the answers, or the author's tools.
"""

import shutil
import tempfile
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jinja2
import tomli_w

from grader.author.hidden_checks import without_hidden
from grader.author.stubs import write_stubs
from grader.errors import UsageError
from grader.rubric import CHECKS, Hidden, Rubric, load_rubric

PACKAGE = CHECKS.parent
PROJECT = PACKAGE.parent
TEMPLATES = Path(__file__).parent / "templates"

STAFF = (
    "author", "batch", "instructor",
    "cli/author.py", "cli/class_.py", "cli/instructor.py", "cli/release.py",
)  # fmt: skip
"""What of the package is for those who set and grade the homework: it stays at home."""
JUNK = shutil.ignore_patterns("__pycache__", ".*", "*.pyc", "*~", "*.orig", "*.rej", "*.bak")
NOTES = ("calibration", "tolerance")
"""Keys of a check's rubric entry that say how right and wrong answers measure."""


def write_handout(reference: Path, out: Path) -> None:
    """Build the handout in `out`, whole or not at all; its stubs are made from `reference`.

    UsageError when `out` holds something or cannot be written, or this is not a checkout.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"{out} is there already: name a new folder, or remove it")
    try:
        _build(reference, out.absolute())
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error}") from error


def _build(reference: Path, out: Path) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as folder:
        built = Path(folder, "handout")
        rubric = load_rubric()
        copy_package(built)
        _strip_checks(built / "grader" / "checks", rubric)
        write_stubs(reference, built / "student", write=True)
        _write_front(built, load_rubric(built / "grader" / "checks"))
        if out.exists():
            out.rmdir()
        built.rename(out)


def copy_package(folder: Path) -> None:
    """The grader with its checks, less the author's own, as a project of its own in `folder`."""
    pyproject = PROJECT / "pyproject.toml"
    if not pyproject.is_file():
        raise UsageError(f"{PROJECT} is not a checkout of the grader: run this in one")
    shutil.copytree(PACKAGE, folder / "grader", ignore=_staff_and_junk)
    shutil.copy(PROJECT / "LICENSE", folder)
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))
    kept = {
        "build-system": project["build-system"],
        "project": {
            key: value for key, value in project["project"].items()
            if key not in ("optional-dependencies", "readme")
        },
        "tool": {"setuptools": project["tool"]["setuptools"]},
    }  # fmt: skip
    (folder / "pyproject.toml").write_text(tomli_w.dumps(kept), encoding="utf-8")


def _staff_and_junk(folder: str, names: list[str]) -> set[str]:
    below = Path(folder).relative_to(PACKAGE)
    staff = {name for name in names if (below / name).as_posix() in STAFF}
    return staff | JUNK(folder, names)


def _strip_checks(checks: Path, rubric: Rubric) -> None:
    sources = {
        path.relative_to(checks).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(checks.rglob("*.py"))
    }
    hidden = [
        (f"{topic.name}.py", f"test_{check.id.split('.')[1]}")
        for topic in rubric.topics
        for check in topic.checks
        if check.visibility == "hidden"
    ]
    left = without_hidden(sources, hidden)
    rubrics = {f"{topic.name}.toml" for topic in rubric.topics}
    for path in [path for path in checks.rglob("*") if path.is_file()]:
        name = path.relative_to(checks).as_posix()
        if name in left:
            path.write_text(left[name], encoding="utf-8")
        elif name in rubrics:
            _rewrite(path, _public)
        elif name == "rubric.toml":
            _rewrite(path, lambda top: {"handout": True, **top})
        elif name != "pytest.ini":
            # Whatever else an author keeps beside the checks is a note on them.
            path.unlink()


def _rewrite(path: Path, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Change a TOML file's data; its comments go."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    path.write_text(tomli_w.dumps(change(data)), encoding="utf-8")


def _public(topic: Mapping[str, Any]) -> dict[str, Any]:
    return {**topic, "problem": [_public_part(problem) for problem in topic["problem"]]}


def _public_part(problem: Mapping[str, Any]) -> dict[str, Any]:
    """A part of a topic with its public checks, and the hidden ones as a number."""
    checks = problem.get("check", [])
    hidden = [check for check in checks if check.get("visibility") == "hidden"]
    kept = [
        {key: value for key, value in check.items() if key not in NOTES}
        for check in checks
        if check not in hidden
    ]
    part = {key: value for key, value in problem.items() if key != "check"}
    if hidden:
        points = sum(check["points"] for check in hidden)
        part["hidden"] = {"checks": len(hidden), "points": points}
    return part | ({"check": kept} if kept else {})


def _write_front(folder: Path, rubric: Rubric) -> None:
    """What students see first: README, Makefile, workflow."""
    for path in ("Makefile", ".github/workflows/grade.yml"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(TEMPLATES / "handout" / path, folder / path)
    shutil.copy(TEMPLATES / "handout" / "gitignore", folder / ".gitignore")
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES / "handout"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    hidden = [topic.hidden for topic in rubric.topics]
    text = environment.get_template("README.md.j2").render(
        assignments=[
            {
                "title": title,
                "problems": [
                    (topic, problem)
                    for topic in rubric.topics
                    if topic.assignment == name
                    for problem in topic.problems
                    if problem.points
                ],
                "deduction": max(t.max_deduction for t in rubric.topics if t.assignment == name),
            }
            for name, title in rubric.assignments.items()
        ],
        hidden=Hidden(sum(h.checks for h in hidden), sum(h.points for h in hidden)),
        example=rubric.topics[0].name,
    )
    (folder / "README.md").write_text(text, encoding="utf-8")
