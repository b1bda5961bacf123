"""A submitted notebook in place of a module: turned into one in a worker, graded like one."""

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from grader.engine.plain_text import clean
from grader.engine.topic_files import NOTEBOOK
from grader.records import Status
from grader.rubric import Topic
from grader.sandbox.channel import Channel, WorkerDied
from grader.sandbox.limits import Limits

MAX_MIB = 16
"""Code is some KiB; what makes a notebook larger is the pictures in its outputs."""
LIMITS = Limits()


class BrokenNotebook(Exception):  # noqa: N818 - an event that the caller judges
    """A notebook that is no module; the message says why, for the student."""

    def __init__(self, message: str, status: Status = Status.IMPORT_ERROR) -> None:
        super().__init__(message)
        self.status = status


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


def with_module(
    topic: Topic,
    files: Mapping[str, bytes],
    start: Callable[[Sequence[str], Limits], Channel],
) -> tuple[dict[str, bytes], Notebook]:
    """The files with the module that the topic's notebook is; BrokenNotebook when it is none.

    `start` gives a fresh worker for the topic's libraries.
    """
    name = f"{topic.name}{NOTEBOOK}"
    data = files[name]
    if len(data) > MAX_MIB << 20:
        raise BrokenNotebook(
            f"{name} has more than {MAX_MIB} MiB: clear its outputs and save it again"
        )
    channel = start(topic.preload, LIMITS)
    try:
        status, found = channel.request("notebook", {"data": data}, LIMITS.import_s)
    except WorkerDied as error:
        raise BrokenNotebook(f"{name} cannot be read ({error})", Status(error.reason)) from None
    finally:
        channel.close()
    if status != "ok":
        raise BrokenNotebook(f"{name} cannot be read: {clean(str(found.get('message')))}")
    source, starts = found["source"], found["starts"]
    return {**files, f"{topic.name}.py": source.encode()}, Notebook(topic.name, tuple(starts))
