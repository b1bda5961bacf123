"""Grades one submission: shares its topics among runners and gathers their outcomes."""

import os
import selectors
import socket
import subprocess
import time
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from grader.engine import runner
from grader.engine.outcome_wire import outcome_from_wire
from grader.engine.result import Gathering, Result, weakest
from grader.engine.runner import Job
from grader.engine.settled import settled
from grader.engine.topic_files import libraries, topic_files
from grader.engine.zygotes import ZygotePool
from grader.errors import IsolationError
from grader.records import Isolation, Mode, Outcome
from grader.rubric import Rubric, Topic, load_rubric
from grader.sandbox.launcher import Zygote
from grader.sandbox.scratch import Scratch
from grader.sandbox.users import Users, new_users
from grader.submission import Submission

SUBMISSION_S = 600.0
"""The time for all checks of one submission."""
WORTH_SHARING = 3
"""A share of fewer checks is done before another runner has started."""
LISTEN_S = 0.05
"""How often a run that can be stopped asks whether it is."""
STUCK_S = 120.0
"""A runner that is silent this long past its job's time has itself failed."""


@dataclass(slots=True, eq=False)
class _Work:
    """A topic to grade: its runners take the checks that are left one by one."""

    job: Job
    left: deque[str]


@dataclass(slots=True, eq=False)
class _Runner:
    process: subprocess.Popen[bytes]
    connection: socket.socket
    scratch: Scratch
    users: Users | None
    """Whom its workers run as."""
    work: _Work | None = None
    began: bool = False
    """Whether it has taken a check of its work."""
    open: set[str] = field(default_factory=set)
    """What it has taken and not judged."""
    stuck_at: float = 0.0
    zygotes: dict[tuple[Mode, tuple[str, ...]], Zygote] = field(default_factory=dict)
    """Those that it is connected to."""


class Session:
    """A pool of runners; use it as a context manager, for one submission or for many.

    The kernel ends a zygote with the thread that started it: a thread that grades must live as long
    as the session.
    """

    def __init__(self, jobs: int = 0) -> None:
        """`jobs` runners work at once; 0 takes one for each processor."""
        self._size = jobs or len(os.sched_getaffinity(0))
        self._runners: list[_Runner] = []
        self._pools: dict[Mode, ZygotePool] = {}
        self._stop_at = 0.0

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End its runners and zygotes; what is graded next starts others."""
        with ExitStack() as left:
            for pool in self._pools.values():
                left.callback(pool.close)
            for worker in self._runners:
                left.callback(self._retire, worker)
            for worker in self._runners:
                # All of them end what they are doing at once.
                left.callback(worker.connection.close)
            self._pools, self._runners = {}, []

    def runners(self) -> "tuple[_Runner, ...]":
        """The runners that are alive now."""
        return tuple(self._runners)

    def processes(self) -> set[int]:
        """The runners and the zygotes that are alive now, by process id."""
        zygotes = {pid for pool in self._pools.values() for pid in pool.processes()}
        return zygotes | {worker.process.pid for worker in self._runners}

    def grade(
        self,
        submission: Submission,
        rubric: Rubric,
        chosen: dict[Topic, tuple[str, ...]],
        *,
        seed: int = 0,
        mode: Mode = "auto",
        replay_name: str | None = None,
        on_outcome: Callable[[Outcome], None] = lambda outcome: None,
        on_isolation: Callable[[Isolation], None] = lambda isolation: None,
        partial: bool = False,
        stop: Callable[[], bool] | None = None,
    ) -> Result:
        """Run the chosen checks; `on_outcome` hears of each as it happens.

        `on_isolation` hears what a topic's outcomes are found under, before the first of them that
        needed a worker.

        With `partial`, an interrupt ends the run with the outcomes that are known by then, the
        others the grader's error, instead of KeyboardInterrupt. When `stop`, which is asked many
        times a second, says true, the run ends in the same way and the runners stay warm.
        """
        started = time.monotonic()
        gathered = Gathering({}, [], on_outcome, on_isolation)
        files = {topic: topic_files(topic, rubric, submission.files) for topic in chosen}
        for topic, checks in chosen.items():
            for outcome in settled(topic, checks, rubric, files[topic]):
                gathered.add(outcome)
        open_checks = {
            topic: left
            for topic, checks in chosen.items()
            if (left := tuple(check for check in checks if check not in gathered.outcomes))
        }
        queue = []
        for number, (topic, runners) in enumerate(_shares(open_checks, self._size)):
            job = Job(
                number=number,
                topic=topic.name,
                files=files[topic],
                replay_name=replay_name or submission.name,
                seed=seed,
                mode=mode,
                seconds=SUBMISSION_S,
            )
            queue += [_Work(job, deque(open_checks[topic]))] * runners
        self._stop_at = started + SUBMISSION_S
        interrupted = False
        try:
            interrupted = self._run(queue, gathered, stop)
        except BaseException as error:
            # What the runners still have to say belongs to this grade.
            self.close()
            if not partial or not isinstance(error, KeyboardInterrupt):
                raise
            interrupted = True
        if interrupted:
            wanted = {check for checks in chosen.values() for check in checks}
            gathered.forget(wanted - gathered.outcomes.keys(), "the run was interrupted")
        isolation = weakest(gathered.isolations)
        return Result(gathered.outcomes, isolation, time.monotonic() - started, interrupted)

    def _run(
        self, queue: list[_Work], gathered: Gathering, stop: Callable[[], bool] | None
    ) -> bool:
        """Work the queue off; whether that was stopped."""
        stopped = False
        # What the first checks need takes longest to import, longer than a runner's own libraries.
        for work in queue[: self._size]:
            self._zygote(work.job)
        with selectors.DefaultSelector() as selector:
            for worker in self._ready_runners(min(self._size, len(queue))):
                selector.register(worker.connection, selectors.EVENT_READ, worker)
                self._give(worker, queue.pop(0))
            while selector.get_map():
                for key, _ in selector.select(timeout=LISTEN_S if stop else 1.0):
                    self._hear(key.data, queue, gathered, selector)
                if stop is not None and (stopped := stopped or stop()):
                    queue.clear()
                    for key in selector.get_map().values():
                        key.data.work.left.clear()
                        # Again and again: a runner does not hear it at every place.
                        key.data.process.send_signal(runner.CANCEL)
                for key in list(selector.get_map().values()):
                    if time.monotonic() > key.data.stuck_at:
                        why = "the grader's runner got stuck"
                        self._lose(key.data, why, queue, gathered, selector)
        return stopped

    def _hear(
        self, worker: _Runner, queue: list[_Work], gathered: Gathering, selector: Any
    ) -> None:
        try:
            message = runner.receive(worker.connection)
        except OSError:
            message = None
        if message is None:
            self._lose(worker, "the grader's runner ended", queue, gathered, selector)
        elif "take" in message:
            self._hand_out(worker)
        elif "outcome" in message:
            outcome = outcome_from_wire(message["outcome"])
            worker.open.discard(outcome.check)
            gathered.add(outcome)
        elif "isolation" in message:
            gathered.found_under(Isolation(**message["isolation"]))
        elif message["error"]:
            raise IsolationError(message["error"])
        else:
            why = "the check did not run"
            gathered.forget(worker.open, why)
            self._leave(worker, queue, gathered, why)
            self._next(worker, queue, selector)

    def _hand_out(self, worker: _Runner) -> None:
        """Give a runner the next check of its topic, if one is left."""
        assert worker.work is not None
        check = worker.work.left.popleft() if worker.work.left else None
        if check is not None:
            worker.began = True
            worker.open.add(check)
        # A runner that has ended is lost where it is listened to.
        with suppress(BrokenPipeError, ConnectionResetError):
            runner.send(worker.connection, {"check": check})

    def _leave(self, worker: _Runner, queue: list[_Work], gathered: Gathering, why: str) -> None:
        """A runner is done with its topic; what is left when it was the last one does not run."""
        work, worker.work = worker.work, None
        assert work is not None
        if work not in queue and all(other.work is not work for other in self._runners):
            gathered.forget(work.left, why)
            work.left.clear()

    def _next(self, worker: _Runner, queue: list[_Work], selector: Any) -> None:
        if (work := _waiting(queue)) is not None:
            self._give(worker, work)
        else:
            selector.unregister(worker.connection)

    def _lose(
        self,
        worker: _Runner,
        why: str,
        queue: list[_Work],
        gathered: Gathering,
        selector: Any,
    ) -> None:
        """A runner is gone: the check that it was at is the grader's error, another takes over."""
        gathered.forget(worker.open, why)
        selector.unregister(worker.connection)
        self._retire(worker)
        self._runners.remove(worker)
        in_time = time.monotonic() < self._stop_at
        # One that took nothing would come no further the next time; and when the submission's time
        # is over, nothing that is left could be judged.
        if worker.work is not None and worker.work.left and worker.began and in_time:
            queue.insert(0, worker.work)
        self._leave(worker, queue, gathered, why)
        if (work := _waiting(queue)) is not None:
            (fresh,) = self._ready_runners(1)
            selector.register(fresh.connection, selectors.EVENT_READ, fresh)
            self._give(fresh, work)

    def _give(self, worker: _Runner, work: _Work) -> None:
        now = time.monotonic()
        # What the topics before have used is gone: the time is for the whole submission.
        job = replace(work.job, seconds=min(work.job.seconds, max(1.0, self._stop_at - now)))
        worker.work, worker.began, worker.open = work, False, set()
        worker.stuck_at = now + job.seconds + STUCK_S
        # A runner that has ended is lost where its outcomes are waited for.
        with suppress(BrokenPipeError, ConnectionResetError):
            self._connect(worker, job)
            runner.send(worker.connection, asdict(job))

    def _zygote(self, job: Job) -> Zygote | None:
        """Where a job's workers come from, started if it is not; none for mode `none`."""
        if job.mode == "none":
            return None
        pool = self._pools.setdefault(job.mode, ZygotePool(job.mode, self._size))
        return pool.own(_libraries(job))

    def _connect(self, worker: _Runner, job: Job) -> None:
        """All runners take their workers from the same zygotes: libraries are imported once."""
        zygote, preload = self._zygote(job), _libraries(job)
        if zygote is not None and worker.zygotes.get((job.mode, preload)) is not zygote:
            runner.share_zygote(worker.connection, zygote, worker.users, job.mode, preload)
            worker.zygotes[job.mode, preload] = zygote

    def _ready_runners(self, count: int) -> list[_Runner]:
        """So many without a job; one that has ended since its last is replaced."""
        idle = []
        for worker in [one for one in self._runners if one.work is None]:
            if worker.process.poll() is None:
                idle.append(worker)
            else:
                self._retire(worker)
                self._runners.remove(worker)
        while len(idle) < count:
            idle.append(self._start())
        return idle[:count]

    def _start(self) -> _Runner:
        with ExitStack() as undo:
            users = new_users()
            if users is not None:
                undo.callback(users.close)
            scratch = Scratch()
            undo.callback(scratch.close)
            ours, theirs = socket.socketpair()
            undo.callback(ours.close)
            with theirs:
                process = subprocess.Popen(
                    runner.command(theirs.fileno()),
                    env=runner.environment(scratch.path),
                    pass_fds=[theirs.fileno(), scratch.lock],
                    stdin=subprocess.DEVNULL,
                )
            undo.pop_all()
        worker = _Runner(process, ours, scratch, users)
        self._runners.append(worker)
        return worker

    def _retire(self, worker: _Runner) -> None:
        worker.connection.close()
        try:
            worker.process.wait(10)
        except subprocess.TimeoutExpired:
            worker.process.kill()
            worker.process.wait()
        worker.scratch.close()
        if worker.users is not None:
            worker.users.close()


def _waiting(queue: list[_Work]) -> _Work | None:
    """The first that has something left, taken off the queue with those before it."""
    while queue:
        work = queue.pop(0)
        if work.left:
            return work
    return None


def _shares(chosen: dict[Topic, tuple[str, ...]], runners: int) -> list[tuple[Topic, int]]:
    """The topics in the order of their beginning, each with how many runners work on it.

    Topics with the most time-consuming libraries and the most checks come first. One is shared only
    when there are fewer topics than runners, since each runner that works on it imports the checks'
    own libraries.
    """
    order = sorted(chosen.items(), key=lambda item: ("torch" not in item[0].preload, -len(item[1])))
    each = runners // max(1, len(order))
    return [(topic, max(1, min(each, len(checks) // WORTH_SHARING))) for topic, checks in order]


def _libraries(job: Job) -> tuple[str, ...]:
    return libraries(load_rubric().topic(job.topic), job.files)
