"""The engine on Dask: a real scheduler and real worker processes, some of them lost on the way."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from test_batch_kills import contents

from grader.batch import engine_dask
from grader.batch.conditions import packages
from grader.batch.engine import Task
from grader.batch.engine_dask import DaskEngine, examine
from grader.batch.engine_local import LocalEngine
from grader.batch.given import Sources
from grader.batch.gradebook import Gradebook
from grader.batch.grades import grades
from grader.batch.records import Scope
from grader.batch.run import Settings, Standing, Summary, grade_class
from grader.errors import IsolationError, UsageError
from grader.records import Status
from grader.rubric import checks_hash, load_rubric

SCOPE = Scope(None, ("hw5_mle",))
STUDENTS = 10


class Cluster:
    """A scheduler and workers, each a process of its own, as on separate machines."""

    def __init__(self, folder: Path, root: Path) -> None:
        self._folder = folder
        self._environment = {**os.environ, "PYTHONPATH": str(root)}
        self._processes: list[subprocess.Popen[bytes]] = []
        self.workers: list[subprocess.Popen[bytes]] = []
        file = folder / "scheduler.json"
        self._start("scheduler", "--port", "0", "--host", "127.0.0.1", "--no-dashboard",
                    "--scheduler-file", str(file))  # fmt: skip
        until = time.monotonic() + 60
        while not file.exists() or not file.read_text():
            assert time.monotonic() < until, "no scheduler"
            time.sleep(0.2)
        self.file = file

    @property
    def address(self) -> str:
        address: str = json.loads(self.file.read_text())["address"]
        return address

    def worker(self, profile: str | None = None) -> None:
        """Start a worker, if wanted on a machine that lacks layers of the sandbox."""
        self.workers.append(
            self._start(
                "worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard",
                "--memory-limit", "0", "--local-directory", str(self._folder), profile=profile,
            )
        )  # fmt: skip

    def close(self) -> None:
        for process in reversed(self._processes):
            process.terminate()
        for process in reversed(self._processes):
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)
            process.kill()
            process.wait()

    def _start(
        self, what: str, *arguments: str, profile: str | None = None
    ) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "distributed.cli.dask_" + what, *arguments]
        if profile is not None:
            script = str(Path(__file__).with_name("profiles.py"))
            command = [sys.executable, script, profile, "--", *command]
        process = subprocess.Popen(
            command, env=self._environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        self._processes.append(process)
        return process


@pytest.fixture
def cluster(tmp_path: Path, root: Path) -> Iterator[Cluster]:
    cluster = Cluster(tmp_path, root)
    yield cluster
    cluster.close()


@pytest.fixture
def submissions(tmp_path: Path, root: Path) -> Path:
    folder = tmp_path / "class"
    for number in range(STUDENTS):
        (folder / f"s{number}").mkdir(parents=True)
        source = (root / ("student", "reference")[number % 2] / "hw5_mle.py").read_text()
        (folder / f"s{number}" / "hw5_mle.py").write_text(f"{source}# {number}\n")
    return folder


def grade_on(
    address: str, book: Path, submissions: Path, on_progress: Callable[[Standing], None]
) -> Summary:
    engine = DaskEngine(address)
    try:
        return grade_class(book, Sources([submissions]), Settings(SCOPE), engine, on_progress)
    finally:
        engine.close()


@pytest.mark.slow
def test_workers_are_killed_leave_and_join_and_the_outcomes_are_those_of_one_machine(
    cluster: Cluster, tmp_path: Path, submissions: Path
) -> None:
    for _ in range(3):
        cluster.worker()
    seen: list[int] = []

    def disturb(standing: Standing) -> None:
        if standing.checks and standing.submissions not in seen:
            seen.append(standing.submissions)
            if len(seen) == 1:
                # One dies in the middle of a submission, one joins.
                cluster.workers[0].send_signal(signal.SIGKILL)
                cluster.worker()
            if len(seen) == 3:
                # One leaves by its own will.
                cluster.workers[1].terminate()

    summary = grade_on(cluster.address, tmp_path / "dask.sqlite", submissions, disturb)

    assert len(seen) >= 3
    checks = len(load_rubric().topic("hw5_mle").checks)
    assert (summary.found, summary.grader_errors, summary.unread) == (STUDENTS * checks, 0, ())
    grade_class(tmp_path / "local.sqlite", Sources([submissions]), Settings(SCOPE), LocalEngine())
    assert contents(tmp_path / "dask.sqlite") == contents(tmp_path / "local.sqlite")


@pytest.mark.slow
def test_a_worker_without_the_isolation_takes_no_work(
    cluster: Cluster, tmp_path: Path, submissions: Path
) -> None:
    cluster.worker("docker")
    engine = DaskEngine(cluster.address, "strict")
    try:
        with pytest.raises(IsolationError, match=r"no Dask worker can take .* missing"):
            engine.isolation()
        cluster.worker()
        until = time.monotonic() + 60
        while not engine._look():
            assert time.monotonic() < until
            time.sleep(0.5)
        working = set(engine._threads)
        found = grade_class(
            tmp_path / "dask.sqlite",
            Sources([submissions]),
            Settings(Scope(None, ("hw5_mle.errors_are_raised",)), mode="strict"),
            engine,
        )
    finally:
        engine.close()

    assert len(working) == 1
    assert len(engine._standings) == 2
    assert (found.found, found.grader_errors) == (STUDENTS, 0)
    with Gradebook(tmp_path / "dask.sqlite") as book:
        held = [one.isolation.level for grade in grades(book) for one in grade.outcomes.values()]
    assert held == ["full"] * STUDENTS


def test_without_dask_the_message_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)

    with pytest.raises(UsageError, match=r"ml-homework-grader\[cluster\]"):
        DaskEngine("tcp://127.0.0.1:1")


def test_a_scheduler_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_dask, "CONNECT_S", 0.2)

    with pytest.raises(UsageError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:1"):
        DaskEngine("tcp://127.0.0.1:1")


def test_a_worker_with_other_checks_or_packages_takes_no_work() -> None:
    expected = {"checks": checks_hash(), **packages(), "numpy": "1.0"}

    standing = asyncio.run(examine("none", expected))

    assert standing.refused == f"it has numpy {packages()['numpy']}, not 1.0"
    assert asyncio.run(examine("none", {**expected, **packages()})).refused == ""


def test_a_submission_that_loses_its_workers_again_and_again_is_given_up() -> None:
    task = Task(1, Path("s"), "", "s", ("hw5_mle.errors_are_raised",), 0, "auto")
    attempts: dict[int, int] = {}
    again: list[Task] = []

    told = [list(engine_dask._lose(task, attempts, again)) for _ in range(engine_dask.ATTEMPTS)]

    assert again == [task] * (engine_dask.ATTEMPTS - 1)
    assert not any(told[:-1])
    ((found,),) = told[-1:]
    assert found.outcome.status is Status.GRADER_ERROR
