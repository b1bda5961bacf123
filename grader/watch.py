"""Grades one topic whenever its files are saved, with runners that stay warm."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from watchfiles import Change, DefaultFilter
from watchfiles import watch as wait_for_changes

from grader.affected import affected
from grader.engine.result import Result
from grader.engine.session import Session
from grader.engine.topic_files import topic_files
from grader.errors import UsageError
from grader.grading import Request, grade, report_of
from grader.records import CheckScore, Outcome, Report, Status
from grader.rubric import Rubric, Topic, load_rubric
from grader.scoring import score_check
from grader.submission import Submission, read_submission

SETTLE_MS = 10
"""A save is over when nothing has changed for so long: editors write in several steps."""
LONGEST_SAVE_MS = 200

_FILTER = DefaultFilter()
_QUICK = ("property", "policy")
_IN_ORDER = (Status.PASSED, Status.PENDING)


class Screen(Protocol):
    """Where a person follows the runs."""

    def begin(self, checks: int) -> None:
        """A run of so many checks begins; what the last one said is out of date."""

    def tell(self, check: CheckScore) -> None:
        """A check is done."""

    def soon(self, report: Report, left: int) -> None:
        """What the save can have changed is known, but for benchmarks.

        `left` others, which count as they did before it, are still to run; `end` has what came of
        them.
        """

    def end(self, report: Report | None) -> None:
        """The run is over; without a report a newer save has ended it."""


@dataclass(slots=True)
class Saves:
    """What the files of a topic were when they were last taken, and whether they have changed."""

    path: Path
    topic: Topic
    rubric: Rubric
    changed: "Changes"
    _taken: str = ""

    def take(self) -> Submission:
        """The submission as it is now."""
        self.changed.clear()
        found = read_submission(self.path)
        self._taken = self._hash(found)
        return found

    def newer(self) -> bool:
        """Whether something that counts for the topic was saved since the last `take`."""
        if not self.changed.is_set():
            return False
        self.changed.clear()
        if self._hash(read_submission(self.path)) == self._taken:
            return False
        # Also for whoever asks next.
        self.changed.set()
        return True

    def wait(self) -> None:
        """Return as soon as there is something newer."""
        while not self.newer():
            self.changed.wait()

    def counted(self, found: Submission) -> dict[str, bytes]:
        """The files that the topic is graded with."""
        files = topic_files(self.topic, self.rubric, found.files)
        # An editor's swap file lies there for as long as the real one is open.
        return {n: data for n, data in files.items() if _FILTER(Change.modified, n)}

    def _hash(self, found: Submission) -> str:
        return Submission(found.name, self.counted(found)).sha256


def watch(request: Request, session: Session, screen: Screen) -> None:
    """Grade the one topic of the request now and after every save, until interrupted.

    The checks that did not pass come first the next time, and with them those that judge what the
    save changed: once these are done, but for benchmarks, the screen hears of the score, and the
    others follow. A save in the middle of a run ends it.
    """
    if not request.path.is_dir():
        raise UsageError(f"{request.path} is not a folder: unpack the submission to watch it")
    rubric = load_rubric()
    ((topic, checks),) = rubric.select(request.assignment, request.only).items()

    before: _Graded | None = None
    with Changes(request.path) as changed:
        saves = Saves(request.path, topic, rubric, changed)
        while True:
            found = saves.take()
            screen.begin(len(checks))
            files = saves.counted(found)
            run = _Run(request, found, screen, before, saves.newer)
            if before is not None:
                urgent = (before.failed, affected(topic, before.files, files))
                run.look_first(check for some in urgent for check in checks if check in some)
            report = grade(run.request, session, run.hear, found, stop=run.is_old)
            if run.is_old():
                screen.end(None)
                continue
            screen.end(report)
            before = _Graded(files, report, run.outcomes)
            saves.wait()


@dataclass(frozen=True, slots=True)
class _Graded:
    """The last save that was graded to its end."""

    files: Mapping[str, bytes]
    report: Report
    outcomes: Mapping[str, Outcome]

    @property
    def failed(self) -> frozenset[str]:
        """The checks that were not in order."""
        return frozenset(c.id for c in self.report.checks if c.status not in _IN_ORDER)


@dataclass(slots=True)
class _Run:
    """Follows the checks of one save."""

    request: Request
    found: Submission
    screen: Screen
    before: _Graded | None
    newer: Callable[[], bool]
    """Whether there is a newer save now."""
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    _started: float = field(default_factory=time.monotonic)
    _soon: frozenset[str] = frozenset()
    """What is waited for before the score is told."""
    _told: bool = False
    _old: bool = False

    def is_old(self) -> bool:
        """Whether there was a newer save, one that was undone since included: it ended the run."""
        self._old = self._old or self.newer()
        return self._old

    def look_first(self, checks: Iterable[str]) -> None:
        """Run these before the others, and of these the benchmarks, which train, last."""
        index = load_rubric().index
        order = sorted(dict.fromkeys(checks), key=lambda check: index[check].kind not in _QUICK)
        self._soon = frozenset(check for check in order if index[check].kind in _QUICK)
        self.request = replace(self.request, first=tuple(order))

    def hear(self, outcome: Outcome) -> None:
        """A check is done."""
        if self._old:
            # What the end of the run left open is no outcome.
            return
        self.outcomes[outcome.check] = outcome
        self.screen.tell(score_check(load_rubric().index[outcome.check], outcome))
        if self._told or self.before is None or not self.outcomes.keys() >= self._soon:
            return
        self._told = True
        left = len(self.before.outcomes.keys() - self.outcomes.keys())
        if left:
            merged = {**self.before.outcomes, **self.outcomes}
            seconds = time.monotonic() - self._started
            result = Result(merged, self.before.report.isolation, seconds)
            self.screen.soon(report_of(self.request, self.found, result, {}), left)


class Changes:
    """An event that is set whenever something below a folder has changed.

    The folder is watched, not the files: editors that write another file and rename it are heard.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._event, self._ended = threading.Event(), threading.Event()
        self._problem: Exception | None = None
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> "Changes":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join(2.0)

    def is_set(self) -> bool:
        """Whether there was one since the last `clear`; UsageError when nobody can know."""
        if self._problem is not None:
            raise UsageError(f"{self._folder} cannot be watched: {self._problem}")
        return self._event.is_set()

    def set(self) -> None:
        """Say that there was one."""
        self._event.set()

    def clear(self) -> None:
        """Forget those until now."""
        self._event.clear()

    def wait(self) -> None:
        """Return as soon as there is one."""
        self._event.wait()

    def _listen(self) -> None:
        try:
            for _ in wait_for_changes(
                self._folder,
                watch_filter=_FILTER,
                debounce=LONGEST_SAVE_MS,
                step=SETTLE_MS,
                stop_event=self._ended,
                raise_interrupt=False,
            ):
                self._event.set()
        except Exception as error:  # no watch is left, the folder is gone: whoever waits must know
            self._problem = error
            self._event.set()
