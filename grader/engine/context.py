"""What a run of checks works on: a submission, a seed, and the zygotes to fork workers from."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from grader.engine.notebooks import Notebook
from grader.engine.proxy import Call
from grader.records import Isolation, Outcome
from grader.sandbox.channel import Channel
from grader.sandbox.inprocess import InProcess
from grader.sandbox.launcher import Mode, Zygote
from grader.sandbox.limits import Limits


class ZygotePool:
    """One zygote per set of libraries, started when first wanted and kept."""

    def __init__(self, mode: Mode = "auto") -> None:
        self._mode = mode
        self._zygotes: dict[tuple[str, ...], Zygote] = {}

    def warm(self, preload: Sequence[str]) -> None:
        """Start importing in the background; a zygote that has ended is replaced."""
        key = tuple(preload)
        if self._mode == "none":
            return
        if key in self._zygotes and not self._zygotes[key].alive():
            self._zygotes.pop(key).close()
        if key not in self._zygotes:
            self._zygotes[key] = Zygote(key, self._mode)

    def channel(self, preload: Sequence[str], limits: Limits) -> Channel:
        """A fresh place to run a submission in."""
        if self._mode == "none":
            return InProcess(limits, preload)
        self.warm(preload)
        zygote = self._zygotes[tuple(preload)]
        zygote.isolation()
        return zygote.worker(limits)

    def isolation(self, preload: Sequence[str]) -> Isolation:
        """The layers that hold for these libraries' workers."""
        if self._mode == "none":
            from grader.sandbox.layers import LAYERS

            return Isolation("none", dict.fromkeys(LAYERS, False))
        self.warm(preload)
        return self._zygotes[tuple(preload)].isolation()

    def known_isolation(self, preload: Sequence[str]) -> Isolation | None:
        """The layers that held for workers that were started; None if there were none."""
        zygote = self._zygotes.get(tuple(preload))
        return zygote.known_isolation if zygote is not None else None

    def close(self) -> None:
        """End all zygotes and their workers."""
        for zygote in self._zygotes.values():
            zygote.close()
        self._zygotes.clear()


@dataclass(frozen=True, slots=True)
class Context:
    """One run of checks on one submission."""

    files: Mapping[str, bytes]
    replay_name: str
    seed: int
    zygotes: ZygotePool
    stop_at: float
    wanted: tuple[str, ...] | None
    """The checks to run, in this order; all of the topic's in their own without."""
    emit: Callable[[Outcome], None] | None
    on_calls: Callable[[Sequence[Call]], None] | None = None
    notebook: Notebook | None = None

    def time_left(self) -> float:
        """Seconds until the submission's time is used up."""
        return self.stop_at - time.monotonic()
