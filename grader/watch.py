"""Grades one topic whenever its files are saved, with runners that stay warm."""

import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from watchfiles import Change, DefaultFilter
from watchfiles import watch as wait_for_changes

from grader.engine.session import Session
from grader.engine.topic_files import topic_files
from grader.errors import UsageError
from grader.grading import Request, grade
from grader.records import CheckScore, Outcome, Report, Status
from grader.rubric import Rubric, Topic, load_rubric
from grader.scoring import score_check
from grader.submission import Submission, read_submission

SETTLE_MS = 10
"""A save is over when nothing has changed for so long: editors write in several steps."""
LONGEST_SAVE_MS = 200

_FILTER = DefaultFilter()
_IN_ORDER = (Status.PASSED, Status.PENDING)


class Screen(Protocol):
    """Where a person follows the runs."""

    def begin(self, checks: int) -> None:
        """A run of so many checks begins; what the last one said is out of date."""

    def tell(self, check: CheckScore) -> None:
        """A check is done."""

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

    def _hash(self, found: Submission) -> str:
        files = topic_files(self.topic, self.rubric, found.files)
        # An editor's swap file lies there for as long as the real one is open.
        counted = {n: data for n, data in files.items() if _FILTER(Change.modified, n)}
        return Submission(found.name, counted).sha256


def watch(request: Request, session: Session, screen: Screen) -> None:
    """Grade the one topic of the request now and after every save, until interrupted.

    The checks that did not pass come first the next time. A save in the middle of a run ends it.
    """
    if not request.path.is_dir():
        raise UsageError(f"{request.path} is not a folder: unpack the submission to watch it")
    rubric = load_rubric()
    ((topic, checks),) = rubric.select(request.assignment, request.only).items()

    def tell(outcome: Outcome) -> None:
        screen.tell(score_check(rubric.index[outcome.check], outcome))

    with Changes(request.path) as changed:
        saves = Saves(request.path, topic, rubric, changed)
        while True:
            found = saves.take()
            screen.begin(len(checks))
            report = grade(request, session, tell, found, stop=saves.newer)
            if saves.newer():
                screen.end(None)
                continue
            screen.end(report)
            request = replace(request, first=_not_in_order(report))
            saves.wait()


def _not_in_order(report: Report) -> tuple[str, ...]:
    return tuple(check.id for check in report.checks if check.status not in _IN_ORDER)


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
