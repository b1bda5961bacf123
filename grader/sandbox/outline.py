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

    A bare name that a scope gives itself is a value of its own there, whatever it is called.
    """
    calls: set[str] = set()
    names: set[str] = set()
    todo: list[tuple[ast.AST, frozenset[str]]] = [(node, frozenset()) for node in nodes]
    while todo:
        node, own = todo.pop()
        read = node.func if isinstance(node, ast.Call) else node
        if not (isinstance(read, ast.Name) and read.id in own):
            if isinstance(node, ast.Call):
                calls.add(_dotted(node.func, aliases))
            elif isinstance(node, ast.Name | ast.Attribute):
                names.add(_dotted(node, aliases))
        inside = own | _own_names(node) if isinstance(node, _SCOPES) else own
        outside = _read_outside(node)
        todo += [(part, own) for part in outside]
        todo += [(part, inside) for part in ast.iter_child_nodes(node) if part not in outside]
    return sorted(calls - {"?"}), sorted(names - {"?"})


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_SCOPES = (*_FUNCTIONS, *_COMPREHENSIONS)


def _read_outside(node: ast.AST) -> list[ast.AST]:
    """The parts of a scope that are read where it stands; defaults come with the arguments."""
    return list(node.decorator_list) if isinstance(node, _FUNCTIONS[:2]) else []


def _own_names(scope: ast.AST) -> frozenset[str]:
    """Parameters, assigned names and inner definitions of one scope.

    Not what is imported there or global, nor a name that a default or a first iterable reads too:
    there it is the outer one.
    """
    found: set[str] = set()
    elsewhere: set[str] = set()
    todo = [scope]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.arguments):
            arguments = [*node.posonlyargs, *node.args, *node.kwonlyargs, node.vararg, node.kwarg]
            found |= {argument.arg for argument in arguments if argument is not None}
            for default in [*node.defaults, *node.kw_defaults]:
                elsewhere |= _names_in(default)
            continue
        if isinstance(node, _COMPREHENSIONS):
            elsewhere |= _names_in(node.generators[0].iter)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.Global | ast.Nonlocal):
            elsewhere |= set(node.names)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            elsewhere |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        for part in ast.iter_child_nodes(node):
            if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                found.add(part.name)
            elif not isinstance(part, _SCOPES):
                todo.append(part)
    return frozenset(found - elsewhere)


def _names_in(node: ast.AST | None) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} if node is not None else set()


def _dotted(node: ast.AST, aliases: dict[str, str]) -> str:
    """`np.linalg.pinv` as numpy.linalg.pinv; a method of an expression as ?.method."""
    if isinstance(node, ast.Name):
        return aliases.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value, aliases)}.{node.attr}"
    return "?"
