"""How a topic was handed in, as a module or as a notebook, and the names of places in it."""

import re
from bisect import bisect_right
from dataclasses import dataclass

from grader.engine.topic_files import NOTEBOOK


@dataclass(frozen=True, slots=True)
class Module:
    """A topic that was handed in as a module: whoever wrote it knows its lines."""

    module: str

    @property
    def name(self) -> str:
        """The module's file name."""
        return f"{self.module}.py"

    def located(self, text: str) -> str:
        """Frames of a traceback, as they are."""
        return text

    def cell(self, text: str) -> str:
        """Nothing: there are no cells."""
        return ""

    def place(self, line: int) -> str:
        """A line in words: "line 7"."""
        return f"line {line}"


@dataclass(frozen=True, slots=True)
class Notebook:
    """Where the code cells of a notebook are in the module that was made of it.

    `starts` holds the line on which each code cell begins.
    """

    module: str
    starts: tuple[int, ...]

    @property
    def name(self) -> str:
        """The notebook's file name."""
        return f"{self.module}{NOTEBOOK}"

    def located(self, text: str) -> str:
        """Frames of a traceback with cells in place of the module's lines."""
        return re.sub(rf"(?m)^{re.escape(self.module)}\.py:(\d+)", self._frame, text)

    def cell(self, text: str) -> str:
        """The first code cell that a traceback names: "code cell 3: ", or nothing."""
        found = re.search(r"(?m)^\S+ (code cell \d+), line", self.located(text))
        return f"{found[1]}: " if found else ""

    def place(self, line: int) -> str:
        """A line of the module in words: "code cell 3, line 2"."""
        return self.located(f"{self.module}.py:{line}").removeprefix(f"{self.name} ")

    def _frame(self, found: re.Match[str]) -> str:
        line = int(found[1])
        number = bisect_right(self.starts, line)
        if number == 0:
            return found[0]
        return f"{self.name} code cell {number}, line {line - self.starts[number - 1] + 1}"
