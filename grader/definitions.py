"""Top-level statements of a module: where they begin, and what they define."""

import ast


def first_line(node: ast.stmt) -> int:
    """The number of a statement's first line, its decorators included."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def source_of(node: ast.stmt, lines: list[str]) -> str:
    """The text of a statement, its decorators included; `lines` are those of its module."""
    return "\n".join(lines[first_line(node) - 1 : node.end_lineno])


def defined_by(node: ast.stmt) -> list[str]:
    """The names that a function, a class or an assignment defines; none for another statement."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    if not isinstance(node, ast.Assign | ast.AnnAssign):
        return []
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    parts = [part for target in targets for part in ast.walk(target)]
    # `table[0] = 1` defines nothing: the name is read.
    return [one.id for one in parts if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)]
