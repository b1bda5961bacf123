"""Splicing: a submission made of the reference with a few of its definitions replaced.

A chaff is a small file that holds only what differs. Same-named top-level definitions (functions,
classes, assignments) take the place of the reference's; imports and new names are added. What it
replaces stays, as `right_NAME`, if it asks for that by name. One whose header has `# strips:
comments` loses every comment and docstring besides.
"""

import ast
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from grader.author.ruff import formatted
from grader.definitions import defined_by, first_line, source_of

_HEADER = re.compile(r"^# (loses|says|strips): (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Chaff:
    """A submission with one defect, and what grading it must show."""

    topic: str
    name: str
    defect: str
    loses: tuple[str, ...]
    says: str
    source: str
    strips_comments: bool = False


def read_chaff(path: Path) -> Chaff:
    """The chaff in a file; ValueError when its header is not complete."""
    source = path.read_text(encoding="utf-8")
    header = dict(_HEADER.findall(source))
    defect = ast.get_docstring(ast.parse(source))
    strips = header.pop("strips", None)
    if not defect or set(header) != {"loses", "says"} or strips not in (None, "comments"):
        raise ValueError(f"{path}: a chaff begins with a docstring, `# loses: ...`, `# says: ...`")
    problems = tuple(part.strip() for part in header["loses"].split(","))
    return Chaff(
        topic=path.parent.name,
        name=path.stem,
        defect=defect,
        loses=problems,
        says=header["says"].strip(),
        source=source,
        strips_comments=strips is not None,
    )


def build(reference: str, chaff: Chaff) -> str:
    """The source that a chaff stands for."""
    source = splice(reference, chaff.source)
    return without_comments(source) if chaff.strips_comments else source


def without_comments(source: str) -> str:
    """The same code without a comment or a docstring."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            continue
        if ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return formatted(ast.unparse(tree))


def splice(reference: str, patch: str) -> str:
    """The source of `reference` with the top-level definitions of `patch` in place of its own."""
    lines = reference.splitlines()
    replaced: dict[str, str] = {}
    added: list[str] = []
    existing = {name: node for node in ast.parse(reference).body for name in defined_by(node)}
    for node in ast.parse(patch).body:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        text = source_of(node, patch.splitlines())
        names = defined_by(node)
        if names and names[0] in existing:
            replaced[names[0]] = text
        elif isinstance(node, ast.Import | ast.ImportFrom):
            added.insert(0, text)
        else:
            added.append(text)
    for name, node in sorted(existing.items(), key=lambda item: -first_line(item[1])):
        if name in replaced:
            first = first_line(node) - 1
            kept = _as_right(name, lines[first : node.end_lineno], patch)
            lines[first : node.end_lineno] = [*kept, *replaced[name].splitlines()]
    imports = [text for text in added if text.startswith(("import ", "from "))]
    rest = [text for text in added if text not in imports]
    head = _end_of_imports(lines)
    whole = [*lines[:head], *imports, *lines[head:], "", "", "\n\n\n".join(rest)]
    return "\n".join(whole).rstrip() + "\n"


def _as_right(name: str, definition: list[str], patch: str) -> list[str]:
    """The reference's own definition by another name, if the patch uses it."""
    if f"right_{name}" not in patch:
        return []
    text = re.sub(rf"\b(def|class) {name}\b", rf"\1 right_{name}", "\n".join(definition), count=1)
    return [*text.splitlines(), "", ""]


def _end_of_imports(lines: list[str]) -> int:
    body = ast.parse("\n".join(lines)).body
    imports = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
    if imports:
        return max(node.end_lineno or 0 for node in imports)
    return body[0].end_lineno or 0 if body else 0


if __name__ == "__main__":
    reference_path, patch_path = map(Path, sys.argv[1:3])
    sys.stdout.write(build(reference_path.read_text(), read_chaff(patch_path)))
