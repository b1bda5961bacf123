"""What an outcome depends on besides the submission, as hashes: only what changed is graded again.

A check depends on its own function, on the rest of its module without the other checks, on the
modules of `grader.checks` that these import, on its rubric entry less points, title and
visibility, on the seed, and on the versions of the grader and of the libraries.
"""

import ast
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from grader import __version__
from grader.batch.canonical import packed, sha256
from grader.batch.records import Conditions
from grader.definitions import first_line
from grader.grading import package_versions
from grader.rubric import CheckEntry, Chosen, Topic

PREFIX = "grader.checks"
CHECK = "test_"


def conditions(chosen: Chosen, seed: int) -> dict[str, Conditions]:
    """The conditions that each chosen check has here and now, by check id."""
    packages = packages_hash()
    found = {}
    for topic, wanted in chosen.items():
        code = check_hashes(topic.module)
        for entry in topic.checks:
            if entry.id in wanted:
                # A manual item has no code: a person gives its points.
                own = "" if entry.kind == "manual" else code[entry.id.split(".", 1)[1]]
                found[entry.id] = Conditions(own, rubric_hash(topic, entry), seed, packages)
    return found


def packages() -> dict[str, str]:
    """The versions that can change an outcome."""
    return {"grader": __version__, **package_versions()}


def packages_hash() -> str:
    """The hash of `packages()`."""
    return sha256(packed(packages()))


def rubric_hash(topic: Topic, entry: CheckEntry) -> str:
    """A hash of what the rubric says of a check, less what only the score or the report needs."""
    said = asdict(entry)
    for name in ("points", "deduction", "title", "visibility", "calibration", "tolerance"):
        del said[name]
    preload = (topic.preload, topic.preload_if_named)
    return sha256(packed({**said, "preload": preload, "files": topic.files}))


def check_hashes(module: Path, folder: Path | None = None) -> Mapping[str, str]:
    """A hash for each check of a module: name without `test_` -> hash.

    `folder` is the checks' folder, where the module lies unless it is given. A check that the
    module takes from another is known by its code there. The text counts, comments included:
    Hypothesis draws its inputs from a hash of the function's source.
    """
    root = folder or module.parent
    lines = module.read_text(encoding="utf-8").splitlines()
    checks: dict[str, str] = {}
    borrowed: dict[str, str] = {}
    rest = list(lines)
    for node in ast.parse("\n".join(lines)).body:
        first, last = first_line(node) - 1, node.end_lineno or node.lineno
        if isinstance(node, ast.FunctionDef) and node.name.startswith(CHECK):
            checks[node.name.removeprefix(CHECK)] = "\n".join(lines[first:last])
        elif isinstance(node, ast.ImportFrom) and (source := _lender(node, root)) is not None:
            there = check_hashes(source, root)
            for alias in node.names:
                name = (alias.asname or alias.name).removeprefix(CHECK)
                borrowed[name] = there[alias.name.removeprefix(CHECK)]
        else:
            continue
        rest[first:last] = [""] * (last - first)
    shared = "\n".join(line for line in rest if line.strip())
    for path in sorted(_imported(module, root)):
        shared += f"\0{path.name}\0{path.read_text(encoding='utf-8')}"
    return {**borrowed, **{name: sha256(f"{shared}\0{text}") for name, text in checks.items()}}


def _lender(node: ast.ImportFrom, root: Path) -> Path | None:
    """The module that an import takes checks from, and nothing else; None for any other."""
    only_checks = all(alias.name.startswith(CHECK) for alias in node.names)
    return _path(root, node.module or "") if only_checks else None


def _imported(module: Path, root: Path) -> set[Path]:
    """The modules of the checks' folder that a module imports, and those that they import."""
    found: set[Path] = set()
    todo = [module]
    while todo:
        for node in ast.walk(ast.parse(todo.pop().read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module and not _lender(node, root):
                names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            for path in filter(None, (_path(root, name) for name in names)):
                if path not in found:
                    found.add(path)
                    todo.append(path)
    return found


def _path(folder: Path, name: str) -> Path | None:
    """The file of a module of the checks' folder; None for any other module."""
    if not name.startswith(f"{PREFIX}."):
        return None
    path = folder.joinpath(*name.removeprefix(f"{PREFIX}.").split(".")).with_suffix(".py")
    return path if path.is_file() else None
