"""The outline of a source file, for policy checks: imports, calls, comments, what is written.

It runs in a worker that has not loaded the submission, so that a source made to break the parser
breaks nothing else. It is advisory by nature: a program can hide what it calls.
"""

import ast
import io
import tokenize
from collections.abc import Sequence
from typing import Any


def outline(source: bytes) -> dict[str, Any]:
    """Imports, functions with what they call (dotted, aliases resolved), comments and docstrings.

    Names that the file gives at its top level are listed with what their values are made of, its
    classes with their bases and the values in their bodies.

    SyntaxError (or RecursionError, MemoryError) for a source that Python itself does not parse.
    """
    encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
    text = io.TextIOWrapper(io.BytesIO(source), encoding).read()
    tree = ast.parse(text)
    aliases = _aliases(tree)
    functions = {}
    for name, node in _functions(tree):
        calls, names = _uses([node], aliases)
        stub = _is_stub(node)
        functions[name] = {"line": node.lineno, "calls": calls, "names": names, "stub": stub}
    tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    docstrings = _docstrings(tree)
    return {
        "imports": sorted(_imports(tree)),
        "functions": functions,
        "assigned": {name: _uses(values, aliases)[1] for name, values in _given(tree).items()},
        "comments": sum(token.type == tokenize.COMMENT for token in tokens),
        "docstrings": len(docstrings),
        "lines": len(text.splitlines()),
        "code_lines": len(_lines_of_code(tokens, docstrings)),
    }


_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_NO_CODE = {
    tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT,
    tokenize.ENDMARKER,
}  # fmt: skip


def _docstrings(tree: ast.Module) -> list[ast.stmt]:
    return [
        node.body[0]
        for node in ast.walk(tree)
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node) is not None
    ]


def _lines_of_code(tokens: list[tokenize.TokenInfo], docstrings: list[ast.stmt]) -> set[int]:
    """The lines that hold more than comments, docstrings and space."""
    words = {
        line
        for node in docstrings
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    code = {
        line
        for token in tokens
        if token.type not in _NO_CODE
        for line in range(token.start[0], token.end[0] + 1)
    }
    return code - words


def _is_stub(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether the body is as it was handed out: `raise NotImplementedError` and nothing else."""
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    if len(body) != 1 or not isinstance(body[0], ast.Raise):
        return False
    raised = body[0].exc.func if isinstance(body[0].exc, ast.Call) else body[0].exc
    return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"


def _given(tree: ast.Module) -> dict[str, list[ast.expr]]:
    """The names that the top level gives, with the expressions that they are made of."""
    found = _assigned(tree.body)
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            values = [value for parts in _assigned(node.body).values() for value in parts]
            found.setdefault(node.name, []).extend([*node.bases, *values])
    return found


def _assigned(body: list[ast.stmt]) -> dict[str, list[ast.expr]]:
    """The values that statements assign, by name; those of `TABLE["key"] = x` belong to TABLE."""
    found: dict[str, list[ast.expr]] = {}
    for node in body:
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AnnAssign):
            targets = [node.target]
        else:
            continue
        for target in targets:
            while isinstance(target, ast.Subscript | ast.Attribute):
                target = target.value
            if isinstance(target, ast.Name) and node.value:
                found.setdefault(target.id, []).append(node.value)
    return found


def _imports(tree: ast.AST) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add("." * node.level + (node.module or ""))
    return found


def _aliases(tree: ast.AST) -> dict[str, str]:
    """Local names to dotted names: `import numpy as np`, `from numpy.linalg import pinv as p`."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                found[alias.asname or alias.name.split(".")[0]] = (
                    alias.name if alias.asname else alias.name.split(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                found[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return found


def _functions(tree: ast.Module) -> list[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Top-level functions and methods; an inner function belongs to its outer one."""
    found: list[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]] = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.append((node.name, node))
        elif isinstance(node, ast.ClassDef):
            found += [
                (f"{node.name}.{inner.name}", inner)
                for inner in node.body
                if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef)
            ]
    return found


def _uses(nodes: Sequence[ast.AST], aliases: dict[str, str]) -> tuple[list[str], list[str]]:
    """What is called, and every name that is read (a function may be handed on without a call).

    A bare name that a definition gives itself is a value of its own, whatever it is called.
    """
    calls: set[str] = set()
    names: set[str] = set()
    for node in nodes:
        own = _own_names(node)
        for part in ast.walk(node):
            read = part.func if isinstance(part, ast.Call) else part
            if isinstance(read, ast.Name) and read.id in own:
                continue
            if isinstance(part, ast.Call):
                calls.add(_dotted(part.func, aliases))
            elif isinstance(part, ast.Name | ast.Attribute):
                names.add(_dotted(part, aliases))
    return sorted(calls - {"?"}), sorted(names - {"?"})


def _own_names(node: ast.AST) -> set[str]:
    """Parameters, assigned names and inner definitions, but for those declared global."""
    found: set[str] = set()
    elsewhere: set[str] = set()
    for part in ast.walk(node):
        if isinstance(part, ast.arg):
            found.add(part.arg)
        elif isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            found.add(part.id)
        elif isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef) and part is not node:
            found.add(part.name)
        elif isinstance(part, ast.Global):
            elsewhere |= set(part.names)
    return found - elsewhere


def _dotted(node: ast.AST, aliases: dict[str, str]) -> str:
    """`np.linalg.pinv` as numpy.linalg.pinv; a method of an expression as ?.method."""
    if isinstance(node, ast.Name):
        return aliases.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value, aliases)}.{node.attr}"
    return "?"
