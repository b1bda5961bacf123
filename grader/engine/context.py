"""What a run of checks works on: a submission, a seed, and where its workers come from."""

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from grader.engine.calls import Call
from grader.engine.plain_text import clean
from grader.engine.written import Notebook
from grader.engine.zygotes import ZygotePool
from grader.records import Outcome


@dataclass(frozen=True, slots=True)
class Context:
    """One run of checks on one submission."""

    files: Mapping[str, bytes]
    replay_name: str
    seed: int
    zygotes: ZygotePool
    stop_at: float
    emit: Callable[[Outcome], None] | None
    preload: tuple[str, ...] | None = None
    """The libraries of its workers; without, those that the files of each topic name."""
    on_calls: Callable[[Sequence[Call]], None] | None = None
    notebook: Notebook | None = None

    def replay_command(self, check: str) -> str:
        """The line to paste that finds a check's failing input again and makes its calls."""
        # The name of a folder must not become a command.
        line = f"grader replay {check} {shlex.quote(clean(self.replay_name))}"
        return f"{line} --seed {self.seed}" if self.seed else line
