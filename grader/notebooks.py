"""Notebooks to write answers into, made from the stubs: one code cell for each definition."""

import ast
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grader.definitions import first_line
from grader.errors import UsageError
from grader.rubric import Topic, load_rubric

_SUFFIX = ".ipynb"
_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def write_notebooks(student: Path, out: Path) -> list[Path]:
    """One notebook for each topic of the rubric, from the modules in `student`; what was written.

    UsageError where a module is missing or no Python, a notebook is there already (it may hold
    answers), or `out` cannot be written.
    """
    made = []
    for topic in load_rubric().topics:
        stub, path = student / f"{topic.name}.py", out / f"{topic.name}{_SUFFIX}"
        if not stub.is_file():
            raise UsageError(
                f"{stub} does not exist: name the folder of the modules with --student"
            )
        if path.exists():
            raise UsageError(f"{path} exists and may hold answers: name another folder")
        try:
            made.append((path, to_notebook(stub.read_text(encoding="utf-8"), topic)))
        except (SyntaxError, UnicodeDecodeError) as error:
            raise UsageError(f"{stub} is no Python that can be read: {error}") from error
    try:
        out.mkdir(parents=True, exist_ok=True)
        for path, text in made:
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error}") from error
    return [path for path, _ in made]


def to_notebook(stub: str, topic: Topic) -> str:
    """The notebook's JSON; the same for the same stub. Its code cells together are the stub."""
    tree, lines = ast.parse(stub), stub.splitlines()
    intro = [
        f"# {ast.get_docstring(tree) or topic.title}",
        f"Write your answers into the cells below, and hand in `{topic.name}{_SUFFIX}`. It is"
        " graded as its code cells, from top to bottom: lines that only a notebook understands"
        " (`%matplotlib inline`, `!pip install`) are left out.",
    ]
    cells = [new_markdown_cell("\n\n".join(intro), id="about")]
    head: list[str] = []
    body = tree.body[1:] if ast.get_docstring(tree) is not None else tree.body
    starts = [_start(node, lines) for node in body]
    for node, start, end in zip(body, starts, [*starts[1:], len(lines)], strict=True):
        source = "\n".join(lines[start:end]).strip("\n")
        if not isinstance(node, ast.FunctionDef | ast.ClassDef):
            head.append(source)
            continue
        if head:
            cells.append(new_code_cell("\n".join(head), id=f"head-{len(cells)}"))
            head = []
        if node.name in topic.functions:
            label = f"## {topic.label(node.name)}: `{node.name}`"
            cells.append(new_markdown_cell(label, id=f"task-{len(cells)}"))
        cells.append(new_code_cell(source, id=f"code-{len(cells)}"))
    if head:
        cells.append(new_code_cell("\n".join(head), id=f"head-{len(cells)}"))
    made = new_notebook(cells=cells, metadata={"kernelspec": _KERNEL})
    nbformat.validate(made)
    text: str = nbformat.writes(made)
    return text + "\n"


def _start(node: ast.stmt, lines: list[str]) -> int:
    """The index of a statement's first line: its decorators and the comments above it included."""
    first = first_line(node) - 1
    while first and lines[first - 1].startswith("#"):
        first -= 1
    return first
