"""The outline of a source file, for policy checks: imports, calls, comments.

It runs in a worker that has not loaded the submission, so that a source made to break the parser
breaks nothing else. It is advisory by nature: a program can hide what it calls.
"""

import ast
import io
import tokenize
from typing import Any


def outline(source: bytes) -> dict[str, Any]:
    """Imports, functions with what they call (dotted, aliases resolved), comments and docstrings.

    SyntaxError (or RecursionError, MemoryError) for a source that Python itself does not parse.
    """
    encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
    text = io.TextIOWrapper(io.BytesIO(source), encoding).read()
    tree = ast.parse(text)
    aliases = _aliases(tree)
    functions = {}
    for name, node in _functions(tree):
        calls, names = _uses(node, aliases)
        functions[name] = {"line": node.lineno, "calls": calls, "names": names}
    comments = sum(
        token.type == tokenize.COMMENT
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
    )
    documented = [node for node in ast.walk(tree) if isinstance(node, _DOCUMENTED)]
    return {
        "imports": sorted(_imports(tree)),
        "functions": functions,
        "comments": comments,
        "docstrings": sum(ast.get_docstring(node) is not None for node in documented),
        "lines": len(text.splitlines()),
    }


_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


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


def _uses(node: ast.AST, aliases: dict[str, str]) -> tuple[list[str], list[str]]:
    """What is called, and every name that is read (a function may be handed on without a call)."""
    calls: set[str] = set()
    names: set[str] = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Call):
            calls.add(_dotted(part.func, aliases))
        elif isinstance(part, ast.Name | ast.Attribute):
            names.add(_dotted(part, aliases))
    return sorted(calls - {"?"}), sorted(names - {"?"})


def _dotted(node: ast.AST, aliases: dict[str, str]) -> str:
    """`np.linalg.pinv` as numpy.linalg.pinv; a method of an expression as ?.method."""
    if isinstance(node, ast.Name):
        return aliases.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value, aliases)}.{node.attr}"
    return "?"
