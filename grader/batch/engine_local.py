"""The engine on one machine: a runner for each processor, each with submissions of its own."""

import os
import queue
import threading
from collections.abc import Generator, Iterable, Iterator

from grader.batch.engine import Found, Task, Unread, grade_files, load, probe
from grader.engine.session import Session
from grader.errors import UsageError
from grader.records import Isolation, Mode, Outcome


class _Stopped(BaseException):
    """Raised in the threads when nobody wants their outcomes any more: no error of a submission."""


class LocalEngine:
    """Grades whole submissions side by side.

    A submission is not shared among runners: then each of them would need the libraries of every
    topic, and wait for the slowest. A thread per runner feeds it; the work is in the processes.
    """

    name = "local"

    def __init__(self, mode: Mode = "auto", jobs: int = 0) -> None:
        """`jobs` submissions are graded at once; 0 takes one for each processor."""
        self._mode: Mode = mode
        self._jobs = jobs or len(os.sched_getaffinity(0))
        self._isolation: Isolation | None = None

    def isolation(self) -> Isolation:
        """What holds here, tried once; IsolationError where less than the mode demands."""
        if self._isolation is None:
            self._isolation = probe(self._mode)
        return self._isolation

    def run(self, tasks: Iterable[Task]) -> Generator[Found | Unread, None, None]:
        """Every task's outcomes, each as soon as it is known."""
        work = _Work(iter(tasks), self.isolation())
        threads = [threading.Thread(target=work.serve) for _ in range(self._jobs)]
        for thread in threads:
            thread.start()
        try:
            open_threads = len(threads)
            while open_threads:
                told = work.results.get()
                if isinstance(told, BaseException):
                    raise told
                if told is None:
                    open_threads -= 1
                else:
                    yield told
        finally:
            work.stop()
            for thread in threads:
                thread.join()

    def close(self) -> None:
        """Nothing outlives `run`."""


class _Work:
    """What the threads share: the tasks that are left, the results, and the sessions to end."""

    def __init__(self, tasks: Iterator[Task], at_hand: Isolation) -> None:
        self.results: queue.SimpleQueue[Found | Unread | BaseException | None] = queue.SimpleQueue()
        self._tasks = tasks
        self._at_hand = at_hand
        self._lock = threading.Lock()
        self._sessions: list[Session] = []
        self._stopped = threading.Event()

    def serve(self) -> None:
        """Grade tasks until there are none: the body of a thread."""
        try:
            with Session(1) as session:
                self._sessions.append(session)
                while (task := self._next()) is not None:
                    self._grade(task, session)
        except _Stopped:
            pass
        except BaseException as error:
            self.results.put(error)
        self.results.put(None)

    def stop(self) -> None:
        """End the runners in the middle of what they do."""
        self._stopped.set()
        for session in list(self._sessions):
            for runner in session.runners():
                runner.process.terminate()

    def _next(self) -> Task | None:
        with self._lock:
            return None if self._stopped.is_set() else next(self._tasks, None)

    def _grade(self, task: Task, session: Session) -> None:
        def tell(outcome: Outcome, isolation: Isolation) -> None:
            if self._stopped.is_set():
                raise _Stopped
            self.results.put(Found(task.key, outcome, isolation))

        try:
            submission = load(task)
        except UsageError as error:
            self.results.put(Unread(task.key, str(error)))
            return
        grade_files(task, submission.files, session, self._at_hand, tell)
