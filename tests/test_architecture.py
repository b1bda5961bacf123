"""The tree shows the architecture: imports go down, and the engine knows no topic."""

import ast
import re
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from grader.rubric import load_rubric

# From the bottom up. A module imports only from its own floor and the floors below.
FLOORS = (
    {"errors", "records", "figures", "definitions", "files"},
    {"sandbox", "data"},
    {"submission", "rubric", "tables"},
    {"engine"},
    {"checks", "scoring", "report"},
    {"affected", "cache", "reuse", "grading", "author", "notebooks", "outputs", "doctor"},
    {"watch", "batch"},
    {"instructor"},
    {"cli", "__main__"},
)


def modules(root: Path) -> dict[str, Path]:
    package = root / "grader"
    found = {}
    for path in package.rglob("*.py"):
        parts = path.relative_to(root).with_suffix("").parts
        found[".".join(parts).removesuffix(".__init__")] = path
    return found


def imported(path: Path, known: dict[str, Path]) -> set[str]:
    """The grader's own modules that a file imports, inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in known else node.module for name in inner}
    return {name for name in found if name in known and name != "grader"}


def floor(module: str) -> int:
    part = module.split(".")[1] if "." in module else "errors"
    return next(level for level, names in enumerate(FLOORS) if part in names)


def test_imports_go_down(root: Path) -> None:
    known = modules(root)

    upward = [
        f"{name} imports {other}"
        for name, path in known.items()
        for other in imported(path, known)
        if floor(other) > floor(name)
    ]

    assert upward == []


def test_there_are_no_import_cycles(root: Path) -> None:
    known = modules(root)
    graph = {name: imported(path, known) - {name} for name, path in known.items()}

    TopologicalSorter(graph).prepare()


CONTENT = (
    "grader.checks",
    "grader.data",
    "grader.author.train_models",
    "grader.author.calibrate_generative",
)
"""What is about topics: the checks, the data, and how the reference's own models are made."""


def code(path: Path) -> str:
    """A module's code without docstrings and comments: an example may name a topic."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            node.body = [one for one in node.body if not _is_text(one)] or [ast.Pass()]
    return ast.unparse(tree)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def test_the_engine_and_the_command_line_know_no_topic(root: Path) -> None:
    rubric = load_rubric()
    names = "|".join([*(topic.name for topic in rubric.topics), *rubric.assignments])

    said = {
        module: re.findall(rf"\b(?:{names})", code(path))
        for module, path in modules(root).items()
        if not module.startswith(CONTENT)
    }

    assert len(said) > 100
    assert {module: found for module, found in said.items() if found} == {}


def test_a_topic_is_one_file_name_in_three_folders(root: Path) -> None:
    for topic in load_rubric().topics:
        for place in ("student", "reference", "grader/checks"):
            assert (root / place / f"{topic.name}.py").is_file()


@pytest.mark.parametrize("folder", ["grader", "student", "reference"])
def test_nothing_that_crosses_the_boundary_is_unpickled(root: Path, folder: str) -> None:
    forbidden = {"pickle", "dill", "cloudpickle", "joblib", "marshal", "shelve"}

    found = [
        (path.name, name)
        for path in (root / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in [getattr(node, "module", None), *(alias.name for alias in node.names)]
        if name and name.split(".")[0] in forbidden
    ]

    assert found == []
