"""The outline of a submission's source, for policy checks; `sandbox.outline` makes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class FunctionOutline:
    """What a function of the submission calls and names, aliases resolved."""

    line: int
    calls: tuple[str, ...]
    names: tuple[str, ...]
    stub: bool


@dataclass(frozen=True, slots=True)
class Outline:
    """The outline of a source file.

    `assigned` has the names that are given values at the top level, with what those are made of;
    `code_lines` counts the lines that hold more than comments and docstrings.
    """

    imports: tuple[str, ...]
    functions: Mapping[str, FunctionOutline]
    assigned: Mapping[str, tuple[str, ...]]
    comments: int
    docstrings: int
    lines: int
    code_lines: int

    @classmethod
    def from_wire(cls, found: Mapping[str, Any]) -> "Outline":
        """The outline from plain data that `forms.is_outline` has accepted."""
        return cls(
            imports=tuple(found["imports"]),
            functions={
                name: FunctionOutline(
                    part["line"], tuple(part["calls"]), tuple(part["names"]), part["stub"]
                )
                for name, part in found["functions"].items()
            },
            assigned={name: tuple(names) for name, names in found["assigned"].items()},
            comments=found["comments"],
            docstrings=found["docstrings"],
            lines=found["lines"],
            code_lines=found["code_lines"],
        )

    def reached(self, function: str) -> frozenset[str]:
        """All dotted names that `function` uses, also through the file's own definitions.

        A class reaches what its methods do.
        """
        owned: dict[str, list[FunctionOutline]] = {}
        for own, outline in self.functions.items():
            for key in {own, own.split(".")[0]}:
                owned.setdefault(key, []).append(outline)
        seen: set[str] = set()
        todo = [function]
        while todo:
            name = todo.pop()
            if name in seen:
                continue
            seen.add(name)
            for outline in owned.get(name, ()):
                todo += outline.calls + outline.names
            todo += self.assigned.get(name, ())
        return frozenset(seen - {function})
