"""The engine on a cluster: Dask workers, each with runners and a sandbox of its own.

This process hands out the submissions, one to each free thread of a worker, so it decides which
worker takes work: one that grades as this machine would, in the isolation that was asked for. What
a worker that is lost was doing goes to another. A submission's outcomes arrive together, when its
last check has run.
"""

import os
import queue
import time
import uuid
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, TypeAlias

from grader.batch.engine import Found, Task, Unread, load
from grader.batch.engine_dask_worker import Standing, end_sessions, examine, versions, work
from grader.engine.outcome_wire import outcome_from_wire
from grader.engine.result import weakest
from grader.errors import GraderError, IsolationError, UsageError
from grader.records import Isolation, Mode, Outcome, Status

Client: TypeAlias = Any
Future: TypeAlias = Any
"""Dask's own classes: it is typed in parts, and an extra that may not be installed."""
LOCAL = "local"
CONNECT_S = 30.0
"""How long a scheduler may take to answer."""
NOBODY_S = 600.0
"""So long the run waits for a worker when there is none."""
LOOK_EVERY_S = 1.0
"""How often this process looks who has joined and who is gone."""
ATTEMPTS = 4
"""A submission whose workers were lost so often is given up until the next run."""


@dataclass(slots=True)
class _Given:
    """A task in a worker's hands."""

    task: Task
    worker: str
    future: Future


class DaskEngine:
    """Grades on the workers of a scheduler."""

    name = "dask"

    def __init__(self, address: str, mode: Mode = "auto", jobs: int = 0) -> None:
        """Connect to the scheduler at `address`, or start one with `jobs` workers for "local".

        UsageError where Dask is not installed, or no scheduler answers.
        """
        try:
            dask: Any = import_module("distributed")
        except ImportError as error:
            raise UsageError(
                "--dask needs the package distributed: pip install 'ml-homework-grader[cluster]'"
            ) from error
        self._mode: Mode = mode
        self._token = uuid.uuid4().hex
        self._cluster: Any = None
        self._standings: dict[str, Standing] = {}
        self._threads: Mapping[str, int] = {}
        if address == LOCAL:
            self._cluster = dask.LocalCluster(
                n_workers=jobs or len(os.sched_getaffinity(0)),
                threads_per_worker=1,
                dashboard_address=None,
                # The sandbox bounds a submission's memory; Dask would pause the worker instead.
                memory_limit=0,
            )
        try:
            self._client: Client = dask.Client(self._cluster or address, timeout=CONNECT_S)
        except (OSError, TimeoutError, ValueError) as error:
            raise UsageError(f"no Dask scheduler answers at {address}: {error}") from error

    def isolation(self) -> Isolation:
        """What holds on every worker that takes work; IsolationError if none of them does."""
        until = time.monotonic() + NOBODY_S
        while not self._look():
            refused = {name: one.refused for name, one in self._standings.items()}
            if refused:
                why = "; ".join(f"{name}: {words}" for name, words in sorted(refused.items()))
                raise IsolationError(f"no Dask worker can take work: {why}")
            if time.monotonic() > until:
                raise IsolationError(f"no Dask worker has joined for {NOBODY_S:g} s: start some")
            time.sleep(LOOK_EVERY_S)
        return weakest([self._standings[name].isolation for name in self._threads])

    def run(self, tasks: Iterable[Task]) -> Generator[Found | Unread, None, None]:
        """Every task's outcomes, a submission at a time."""
        given: dict[str, _Given] = {}
        try:
            yield from self._run(iter(tasks), given)
        finally:
            self._client.cancel([one.future for one in given.values()], force=True)

    def close(self) -> None:
        """End the runners on the workers, and the workers that were started here."""
        if self._cluster is None:
            self._client.run(end_sessions, self._token, on_error="ignore")
        self._client.close()
        if self._cluster is not None:
            self._cluster.close()

    def _run(
        self, tasks: Iterator[Task], given: dict[str, _Given]
    ) -> Generator[Found | Unread, None, None]:
        ended: queue.SimpleQueue[Future] = queue.SimpleQueue()
        again: list[Task] = []
        attempts: dict[int, int] = {}
        exhausted = False
        last_seen = time.monotonic()
        while given or again or not exhausted:
            if self._look():
                last_seen = time.monotonic()
            elif time.monotonic() - last_seen > NOBODY_S:
                raise IsolationError(
                    f"no Dask worker for {NOBODY_S:g} s: start some and run the same command again"
                )
            for key in [key for key, one in given.items() if one.worker not in self._threads]:
                lost = given.pop(key)
                lost.future.cancel(force=True)
                yield from _lose(lost.task, attempts, again)
            for worker in self._free(given):
                task = again.pop() if again else next(tasks, None)
                if task is None:
                    exhausted = True
                    break
                try:
                    files = dict(load(task).files)
                except UsageError as error:
                    yield Unread(task.key, str(error))
                    continue
                self._give(task, files, worker, given, ended)
            yield from self._gather(ended, given, attempts, again)

    def _gather(
        self,
        ended: queue.SimpleQueue[Future],
        given: dict[str, _Given],
        attempts: dict[int, int],
        again: list[Task],
    ) -> Generator[Found | Unread, None, None]:
        """What has arrived; waits a moment for the first."""
        try:
            future = ended.get(timeout=LOOK_EVERY_S)
        except queue.Empty:
            return
        done = given.pop(future.key, None)
        if done is None:
            # Given to another worker since.
            return
        if future.status == "finished":
            for outcome, level, layers in future.result():
                found = Isolation(level, layers)
                yield Found(done.task.key, outcome_from_wire(outcome), found)
            future.release()
            return
        error = future.exception() if future.status == "error" else None
        if isinstance(error, GraderError):
            raise error
        yield from _lose(done.task, attempts, again)

    def _give(
        self,
        task: Task,
        files: dict[str, bytes],
        worker: str,
        given: dict[str, _Given],
        ended: queue.SimpleQueue[Future],
    ) -> None:
        import dask.config

        # A submission with trained models is some MB: that is meant.
        with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GiB"}):
            future = self._client.submit(
                work,
                task,
                files,
                self._standings[worker].isolation,
                self._token,
                key=f"grader-{uuid.uuid4().hex}",
                workers=[worker],
                allow_other_workers=False,
                pure=False,
            )
        given[future.key] = _Given(task, worker, future)
        future.add_done_callback(ended.put)

    def _free(self, given: Mapping[str, _Given]) -> list[str]:
        """A worker's address for each of its threads that has nothing to do."""
        busy = [one.worker for one in given.values()]
        return [
            worker
            for worker, threads in self._threads.items()
            for _ in range(threads - busy.count(worker))
        ]

    def _look(self) -> bool:
        """See who is there and examine who is new; whether anybody takes work."""
        try:
            there: dict[str, int] = self._client.nthreads()
            new = [worker for worker in there if worker not in self._standings]
            if new:
                told = self._client.run(
                    examine, self._mode, versions(), workers=new, on_error="return"
                )
                for worker, found in told.items():
                    # One that is lost while it answers is not there at the next look.
                    if isinstance(found, Standing):
                        self._standings[worker] = found
                    elif worker in self._client.nthreads():
                        self._standings[worker] = Standing(Isolation("none", {}), repr(found))
        except (OSError, TimeoutError) as error:
            raise IsolationError(
                f"the Dask scheduler is gone: {error}; the same command goes on from here"
            ) from error
        self._threads = {
            worker: threads
            for worker, threads in there.items()
            if worker in self._standings and not self._standings[worker].refused
        }
        return bool(self._threads)


def _lose(task: Task, attempts: dict[int, int], again: list[Task]) -> Generator[Found, None, None]:
    """A worker was lost: the task goes to another, unless it has lost too many."""
    attempts[task.key] = attempts.get(task.key, 0) + 1
    if attempts[task.key] < ATTEMPTS:
        again.append(task)
        return
    why = f"{ATTEMPTS} Dask workers were lost while they graded this submission"
    for check in task.checks:
        outcome = Outcome(check, Status.GRADER_ERROR, message=why)
        yield Found(task.key, outcome, Isolation("none", {}))
