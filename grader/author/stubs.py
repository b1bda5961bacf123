"""Stubs: what students get, made from the reference.

A stub has the reference's names, signatures, annotations and docstrings, and bodies that raise
NotImplementedError with the task's name. Private definitions are left out, unless a line `# given`
stands right above them; imports and constants stay where what is left uses them.
"""

import ast
import re
from collections.abc import Iterable
from pathlib import Path

from grader.author.ruff import formatted
from grader.definitions import first_line, source_of
from grader.errors import RubricError, UsageError
from grader.rubric import Topic, load_rubric

GIVEN = "# given"


def write_stubs(
    reference: Path, student: Path, assignment: str | None = None, *, write: bool
) -> list[Path]:
    """Bring the stubs in `student` up to date; the files that were not (or would be written)."""
    stale = []
    for topic in load_rubric().select(assignment, ()):
        source = reference / f"{topic.name}.py"
        if not source.is_file():
            raise UsageError(f"{source} does not exist: every topic needs its reference")
        text = formatted(make_stub(source.read_text(encoding="utf-8"), topic))
        path = student / f"{topic.name}.py"
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(path)
        if write:
            student.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return stale


def make_stub(reference: str, topic: Topic) -> str:
    """The stub of one module; RubricError where a public function belongs to no task."""
    tree = ast.parse(reference)
    lines = reference.splitlines()
    kept: list[str] = []
    constants: list[tuple[str, str, bool]] = []
    imports: list[ast.Import | ast.ImportFrom] = []
    for node in tree.body[1:]:
        if isinstance(node, ast.Import | ast.ImportFrom):
            imports.append(node)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            constants.append((ast.unparse(target), source_of(node, lines), _is_given(lines, node)))
        elif _is_given(lines, node):
            kept.append(source_of(node, lines))
        elif isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            kept.append(_stub(lines, node, _task(topic, node.name)))
    used = _used_constants(constants, kept)
    body = "\n\n\n".join(kept)
    names = [_import(node, "\n".join([*used, body])) for node in imports]
    head = f'"""{ast.get_docstring(tree)}"""'
    parts = [head, "\n".join(filter(None, names)), "\n".join(used), body]
    return "\n\n".join(filter(None, parts)) + "\n"


def _task(topic: Topic, name: str) -> str:
    if name not in topic.functions:
        raise RubricError(f"{topic.name}.toml: [topic.functions] does not name {name}")
    return topic.label(name)


def _is_given(lines: list[str], node: ast.stmt) -> bool:
    first = first_line(node)
    return first >= 2 and lines[first - 2].strip() == GIVEN


def _stub(lines: list[str], node: ast.FunctionDef | ast.ClassDef, task: str) -> str:
    """The definition down to its docstring; a class with the stubs of its public methods."""
    if isinstance(node, ast.FunctionDef):
        indent = " " * (node.col_offset + 4)
        return f'{_head(lines, node)}\n{indent}raise NotImplementedError("{task}")'
    methods = [
        _stub(lines, inner, task)
        for inner in node.body
        if isinstance(inner, ast.FunctionDef)
        and (not inner.name.startswith("_") or inner.name in ("__init__", "__call__"))
    ]
    return "\n\n".join([_head(lines, node), *methods])


def _head(lines: list[str], node: ast.FunctionDef | ast.ClassDef) -> str:
    documented = ast.get_docstring(node) is not None
    last = node.body[0].end_lineno if documented else node.body[0].lineno - 1
    return "\n".join(lines[first_line(node) - 1 : last])


def _used_constants(constants: list[tuple[str, str, bool]], kept: list[str]) -> list[str]:
    """The constants given, those that signatures or given code use, and those that these use."""
    used: list[str] = []
    text = "\n".join(kept)
    for name, source, given in reversed(constants):
        if given or _mentions(text, [name]):
            used.insert(0, source)
            text += "\n" + source
    return used


def _import(node: ast.Import | ast.ImportFrom, text: str) -> str:
    """The import with only the names that the text uses; empty when it uses none."""
    names = [alias for alias in node.names if _mentions(_code(text), [alias.asname or alias.name])]
    if not names:
        return ""
    node.names = names
    return ast.unparse(node)


def _code(text: str) -> str:
    """The text without its docstrings, which may mention a library without using it."""
    return re.sub(r'"""[\s\S]*?"""', "", text)


def _mentions(text: str, names: Iterable[str]) -> bool:
    return any(re.search(rf"\b{re.escape(name)}\b", _code(text)) for name in names)
