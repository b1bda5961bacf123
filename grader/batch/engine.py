"""What an engine is: something that grades submissions and tells each outcome as it happens."""

from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from grader.engine.session import Session
from grader.engine.zygotes import ZygotePool
from grader.errors import GraderError, UsageError
from grader.records import Isolation, Mode, Outcome, Status
from grader.rubric import load_rubric
from grader.submission import Submission, read_submission


@dataclass(frozen=True, slots=True)
class Task:
    """Checks to run on one submission, `key` in the gradebook. `sha256` is what was handed in."""

    key: int
    path: Path
    sha256: str
    name: str
    checks: tuple[str, ...]
    seed: int
    mode: Mode


@dataclass(frozen=True, slots=True)
class Found:
    """One outcome of a task."""

    key: int
    outcome: Outcome
    isolation: Isolation


@dataclass(frozen=True, slots=True)
class Unread:
    """A task that could not be done, since its files are not there any more, or are others."""

    key: int
    why: str


class Engine(Protocol):
    """Grades tasks, in any order. The outcomes are the same whichever engine found them."""

    name: str

    def isolation(self) -> Isolation:
        """What holds on every worker; IsolationError where less than the mode demands."""
        ...

    def run(self, tasks: Iterable[Task]) -> Generator[Found | Unread, None, None]:
        """Every task's outcomes, each as soon as it is known, or that it is unread.

        Closing the iterator ends the work.
        """
        ...

    def close(self) -> None:
        """End the workers."""
        ...


def probe(mode: Mode) -> Isolation:
    """What holds on this machine; IsolationError where less than the mode demands."""
    pool = ZygotePool(mode)
    try:
        return pool.isolation(())
    finally:
        pool.close()


def load(task: Task) -> Submission:
    """The files of a task; UsageError when they are gone or are not those that were handed in."""
    found = read_submission(task.path)
    if found.sha256 != task.sha256:
        raise UsageError(f"{task.path} has changed: run `grader batch` again")
    return found


def grade_files(
    task: Task,
    files: Mapping[str, bytes],
    session: Session,
    at_hand: Isolation,
    tell: Callable[[Outcome, Isolation], None],
) -> None:
    """Run a task's checks in a session of one runner; `tell` hears of each outcome.

    An outcome that needed no worker, because the module is not there, is told as found under what
    is `at_hand`. GraderError is the machine's, and is raised; any other error is the grader's own
    fault with this one submission, and the outcome of the checks that are left.
    """
    under = at_hand
    told: set[str] = set()

    def change(isolation: Isolation) -> None:
        nonlocal under
        under = isolation

    def hear(outcome: Outcome) -> None:
        told.add(outcome.check)
        tell(outcome, under)

    rubric = load_rubric()
    try:
        session.grade(
            Submission(task.name, files),
            rubric,
            rubric.select(None, task.checks),
            seed=task.seed,
            mode=task.mode,
            replay_name=task.name,
            on_outcome=hear,
            on_isolation=change,
        )
    except GraderError:
        raise
    except Exception as error:
        for check in task.checks:
            if check not in told:
                why = f"the grader failed: {type(error).__name__}: {error}"
                tell(Outcome(check, Status.GRADER_ERROR, message=why), under)
