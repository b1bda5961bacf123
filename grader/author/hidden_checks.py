"""What is taken out of the checks for a handout: hidden checks, and all that only they use.

A definition goes when some hidden check reaches it and nothing else does, also from module to
module. Comments go too: they are the author's notes, measurements among them.
"""

import ast
import io
import tokenize
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from grader.author.ruff import formatted, without_unused_imports
from grader.definitions import defined_by, first_line

PACKAGE = "grader.checks"

Name = tuple[str, str]
"""A top-level definition: its module's path below the checks, and its name."""
_REST = ""
"""The name for the statements of a module that define nothing."""


def without_hidden(
    sources: Mapping[str, str], hidden: Iterable[Name], others: Collection[str] = ()
) -> dict[str, str]:
    """The modules of the checks (path below the folder -> source) as a handout has them.

    The modules `others`, which are not of its homework, go whole, with all that only they use. A
    module that is left with no definition is left out.
    """
    modules = {path: _Module(path, source, sources) for path, source in sources.items()}
    uses = {
        (path, name): module.uses(name) for path, module in modules.items() for name in module.names
    }
    start = {*hidden, *((path, name) for path in others for name in modules[path].names)}
    doomed = _reached(start, uses)
    public = {name for name in uses if name not in doomed}
    # A check that topics share lies in a folder below them, and is theirs.
    checks = {name for name in uses if name[1].startswith("test_") and "/" not in name[0]}
    public |= checks - start
    doomed -= _reached(public, uses)
    left = {}
    for path, module in modules.items():
        gone = {name for where, name in doomed if where == path} & module.defined
        if path in others or (gone and not module.defined - gone):
            continue
        left[path] = module.without(gone)
    return left


def _reached(start: set[Name], uses: Mapping[Name, set[Name]]) -> set[Name]:
    seen, todo = set(start), list(start)
    while todo:
        for name in uses.get(todo.pop(), set()) - seen:
            seen.add(name)
            todo.append(name)
    return seen


@dataclass(frozen=True, slots=True)
class _Part:
    """A top-level statement, with its first and last line."""

    node: ast.stmt
    first: int
    last: int


class _Module:
    def __init__(self, path: str, source: str, known: Iterable[str]) -> None:
        self.path = path
        self._source = source
        self._tree = ast.parse(source)
        self._known = set(known)
        self._imported = self._imports()
        self._parts: dict[str, list[_Part]] = {}
        for node in self._tree.body:
            for name in _defines(node) or [_REST]:
                first = first_line(node)
                self._parts.setdefault(name, []).append(
                    _Part(node, first, node.end_lineno or first)
                )

    @property
    def names(self) -> set[str]:
        return set(self._parts)

    @property
    def defined(self) -> set[str]:
        return self.names - {_REST}

    def uses(self, name: str) -> set[Name]:
        """The definitions that this one mentions, its own module's and others'."""
        found: set[Name] = set()
        for part in self._parts[name]:
            if isinstance(part.node, ast.Import | ast.ImportFrom):
                found |= {self._imported[name]} if name in self._imported else set()
                continue
            for node in ast.walk(part.node):
                if isinstance(node, ast.Name):
                    found |= self._resolved(node.id)
                elif isinstance(node, ast.arg):  # a fixture
                    found |= self._resolved(node.arg)
                elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                    module, whole = self._imported.get(node.value.id, ("", "?"))
                    found |= set() if whole else {(module, node.attr)}
        return found - {(self.path, name)}

    def without(self, gone: set[str]) -> str:
        """The source less these definitions, all comments, and the imports that nothing uses."""
        lines = _without_comments(self._source).split("\n")
        for part in (part for name in gone for part in self._parts[name]):
            if isinstance(part.node, ast.ImportFrom) or gone.issuperset(_defines(part.node)):
                left = _rest_of_import(part.node, gone)
                lines[part.first - 1 : part.last] = [left] + [""] * (part.last - part.first)
        text = "\n".join(lines)
        return formatted(without_unused_imports(text) if gone else text)

    def _resolved(self, name: str) -> set[Name]:
        if name in self.names:
            return {(self.path, name)}
        found = self._imported.get(name)
        return {found} if found and found[1] else set()

    def _imports(self) -> dict[str, Name]:
        """Local names of what comes from other modules of the checks; a module has no name."""
        found = {}
        for node in ast.walk(self._tree):
            if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith(PACKAGE):
                continue
            folder = PurePosixPath(*(node.module or "").split(".")[2:])
            for alias in node.names:
                local = alias.asname or alias.name
                inner = (folder / f"{alias.name}.py").as_posix()
                whole = inner in self._known
                found[local] = (inner, "") if whole else (f"{folder.as_posix()}.py", alias.name)
        return found


def _rest_of_import(node: ast.stmt, gone: set[str]) -> str:
    """An import less some names; empty for any other statement, and where nothing is left."""
    if not isinstance(node, ast.ImportFrom):
        return ""
    names = [alias for alias in node.names if (alias.asname or alias.name) not in gone]
    return ast.unparse(ast.ImportFrom(node.module, names, node.level)) if names else ""


def _defines(node: ast.stmt) -> list[str]:
    """The names that a statement defines; an import defines the checks that a topic shares."""
    if isinstance(node, ast.ImportFrom):
        local = [alias.asname or alias.name for alias in node.names]
        return [name for name in local if name.startswith("test_")]
    return defined_by(node)


def _without_comments(source: str) -> str:
    """The source with as many lines as before, and no comment."""
    lines = source.split("\n")
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column].rstrip()
    return "\n".join(lines)
