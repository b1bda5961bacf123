"""What a run of checks works on: a submission, a seed, and where its workers come from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from grader.engine.calls import Call
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
