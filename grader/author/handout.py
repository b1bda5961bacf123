"""The handout: what students get. It works on its own, and holds no answer.

In it are the stubs, the grader, the public checks and a README; not the reference, the hidden
checks, what measurements say of the answers, or the author's tools.
"""

import shutil
import tempfile
import tomllib
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import tomli_w

from grader.author.checkout import copy_package
from grader.author.hidden_checks import without_hidden
from grader.author.rendering import TEMPLATES, render
from grader.author.stubs import write_stubs
from grader.errors import UsageError
from grader.rubric import Hidden, Rubric, Topic, load_rubric

NOTES = ("calibration", "tolerance")
"""Keys of a check's rubric entry that say how right and wrong answers measure."""


def write_handout(reference: Path, out: Path, assignment: str | None = None) -> None:
    """Build the handout in `out`, whole or not at all; its stubs are made from `reference`.

    With an `assignment`, it is of that one alone.

    UsageError when `out` holds something or cannot be written, or this is not a checkout.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"{out} is there already: name a new folder, or remove it")
    try:
        _build(reference, out.absolute(), assignment)
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error}") from error


def _build(reference: Path, out: Path, assignment: str | None) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as folder:
        built = Path(folder, "handout")
        rubric = load_rubric()
        topics = rubric.select(assignment, ()).keys()
        copy_package(built)
        _strip_checks(built / "grader" / "checks", rubric, topics)
        write_stubs(reference, built / "student", assignment, write=True)
        _write_front(built, load_rubric(built / "grader" / "checks"))
        if out.exists():
            out.rmdir()
        built.rename(out)


def _strip_checks(checks: Path, rubric: Rubric, topics: Collection[Topic]) -> None:
    """Leave of the checks' folder what belongs to these topics and is public."""
    sources = {
        path.relative_to(checks).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(checks.rglob("*.py"))
    }
    others = {f"{topic.name}.py" for topic in rubric.topics if topic not in topics}
    hidden = [
        (f"{topic.name}.py", f"test_{check.id.split('.')[1]}")
        for topic in topics
        for check in topic.checks
        if check.visibility == "hidden"
    ]
    left = without_hidden(sources, hidden, others)
    rubrics = {f"{topic.name}.toml" for topic in topics}
    homework = {topic.assignment for topic in topics}
    for path in [path for path in checks.rglob("*") if path.is_file()]:
        name = path.relative_to(checks).as_posix()
        if name in left:
            path.write_text(left[name], encoding="utf-8")
        elif name in rubrics:
            _rewrite(path, _public)
        elif name == "rubric.toml":
            _rewrite(path, lambda top: _listing(top, homework))
        elif name != "pytest.ini":
            # Whatever else an author keeps beside the checks is a note on them.
            path.unlink()


def _rewrite(path: Path, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Change a TOML file's data; its comments go."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    path.write_text(tomli_w.dumps(change(data)), encoding="utf-8")


def _listing(top: Mapping[str, Any], homework: Collection[str]) -> dict[str, Any]:
    """A handout's rubric.toml, which knows of its own homework alone."""
    kept = [entry for entry in top["assignment"] if entry["id"] in homework]
    return {"handout": True, **top, "assignment": kept}


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
    hidden = [topic.hidden for topic in rubric.topics]
    text = render(
        "handout/README.md.j2",
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
