"""A notebook as a module: its code cells, one after the other, without magics and shell lines.

Like `outline`, it runs in a worker that has not loaded the submission: a file made to break a
parser breaks nothing else, and nothing in it is executed.
"""

import ast
import re
import warnings
from typing import Any

HEAD = "\n\n"
"""Python looks for an encoding in the first two lines only; a notebook is always UTF-8."""

_MAGIC = re.compile(r"\s*[%!?]|[^#]*\?\s*$|[\w.,\s]+=\s*[%!]")
_TIMED = re.compile(r"(\s*)%time\s+(?=\S)")
_CELL_MAGIC = re.compile(r"\s*%%(\w*)")
_PYTHON_CELLS = {"time", "capture", "prun"}
"""Cell magics whose cell runs in the notebook's own names. Any other cell magic takes the cell."""


def to_module(data: bytes) -> dict[str, Any]:
    """The `source` of the module, and the line on which each code cell begins in it (`starts`).

    ValueError, in words for the student, for what is no notebook in Python or does not parse.
    """
    source, starts = HEAD, []
    line = 1 + HEAD.count("\n")
    for number, cell in enumerate(_code_cells(data), start=1):
        text = _without_magics(re.sub(r"\r\n?", "\n", cell), number)
        starts.append(line)
        source += text + "\n"
        line += text.count("\n") + 1
    # A lone surrogate, which JSON can hold, is no character of any file.
    source.encode()
    return {"source": source, "starts": starts}


def _code_cells(data: bytes) -> list[str]:
    import nbformat
    from nbformat.reader import NotJSONError, reads
    from nbformat.validator import normalize

    with warnings.catch_warnings():
        # They are for who writes notebooks with nbformat.
        warnings.simplefilter("ignore")
        try:
            found = nbformat.convert(reads(data.decode("utf-8-sig")), 4)
            for cell in found.cells:
                if cell.cell_type == "code":
                    # Most of a notebook's bytes, and what its other writers get wrong.
                    cell.outputs = []
            found = normalize(found, strip_invalid_metadata=True)[1]
            nbformat.validate(found, relax_add_props=True)
        except (NotJSONError, UnicodeDecodeError):
            raise ValueError("it is not JSON: save it as a notebook again") from None
        except Exception as error:
            why = str(error).partition("\n")[0][:300]
            raise ValueError(f"it is no valid notebook ({type(error).__name__}: {why})") from None
    _must_be_python(found.metadata)
    return [cell.source for cell in found.cells if cell.cell_type == "code"]


def _must_be_python(metadata: dict[str, Any]) -> None:
    kernel, told = metadata.get("kernelspec", {}), metadata.get("language_info", {})
    language = str(kernel.get("language") or told.get("name") or "python")
    if not language.lower().startswith(("python", "ipython")):
        raise ValueError(f"its language is {language[:40]}, not Python")


def _without_magics(cell: str, number: int) -> str:
    """The cell with as many lines as before, and nothing in them that only IPython understands.

    A cell that is Python as it stands is left alone, so a line of it that begins with % (of a long
    expression, of a text) stays. In others the parser says which line it trips over.
    """
    magic = _CELL_MAGIC.match(cell)
    lines = cell.split("\n")
    if magic:
        if magic[1] not in _PYTHON_CELLS:
            return "\n" * cell.count("\n")
        lines[cell[: magic.end()].count("\n")] = ""
    while True:
        text = "\n".join(lines)
        try:
            ast.parse(text)
        except SyntaxError as error:
            at = (error.lineno or 0) - 1
            if not (0 <= at < len(lines) and _MAGIC.match(lines[at])):
                where = f"code cell {number}, line {at + 1}"
                raise ValueError(f"{where}: {type(error).__name__}: {error.msg}") from None
            _strip(lines, at)
        else:
            return text


def _strip(lines: list[str], at: int) -> None:
    """Take a magic or shell line out, with the lines that a backslash joins to it."""
    timed = _TIMED.match(lines[at])
    if timed:
        lines[at] = timed[1] + lines[at][timed.end() :]
        return
    indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
    joined = lines[at].endswith("\\")
    # It may be all that a block has.
    lines[at] = f"{indent}pass" if indent else ""
    while joined and at + 1 < len(lines):
        at += 1
        joined = lines[at].endswith("\\")
        lines[at] = ""
