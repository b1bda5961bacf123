"""A batch that is killed at any instant and run again: nothing lost, nothing graded twice."""

import contextlib
import multiprocessing
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import stand_in

from grader.rubric import load_rubric

COLUMNS = (
    "student, s.sha256, check_id, check_sha256, rubric_sha256, seed, packages_sha256,"
    " isolation_sha256, status, fraction, message, details_json"
)
CONTENT = f"SELECT {COLUMNS} FROM outcomes JOIN submissions AS s ON s.id = submission ORDER BY 1, 3"


def contents(gradebook: Path) -> list[tuple[Any, ...]]:
    """Every outcome, without what differs between two runs: times, keys."""
    with contextlib.closing(sqlite3.connect(gradebook)) as db:
        return db.execute(CONTENT).fetchall()


def committed(gradebook: Path) -> dict[tuple[int, str], tuple[Any, ...]]:
    """The rows that are there, by submission and check, after a look at the whole file."""
    if not gradebook.exists():
        return {}
    with contextlib.closing(sqlite3.connect(gradebook)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        rows = db.execute("SELECT submission, check_id, * FROM outcomes").fetchall()
    assert len(rows) == len({row[:2] for row in rows}), "an outcome is there twice"
    return {row[:2]: row[2:] for row in rows}


def make_class(folder: Path, students: int) -> Path:
    for number in range(students):
        (folder / f"s{number:02}").mkdir(parents=True)
        (folder / f"s{number:02}" / "hw5_mle.py").write_text(f"NUMBER = {number}\n")
    return folder


class Kills:
    """Classes graded by processes that are killed; `dealt` counts those that did not end first."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder = folder
        self._random = random.Random(seed)
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["stand_in"])
        self.dealt = 0
        self.classes = 0

    def one_class(self, students: int, until: int) -> None:
        """Kill runs on one class until it is through; run it to its end after `until` kills."""
        self.classes += 1
        gradebook = self._folder / f"{self.classes}.sqlite"
        log = self._folder / f"{self.classes}.log"
        submissions = make_class(self._folder / f"class{self.classes}", students)
        kept: dict[tuple[int, str], tuple[Any, ...]] = {}
        graded: Counter[tuple[int, str]] = Counter()
        killed, ended = 0, False
        while not ended:
            before = kept
            delay = self._random.uniform(0.0, 0.4) if self.dealt < until else None
            ended = self._run(gradebook, submissions, log, delay)
            killed += not ended
            lines = log.read_text().split("\n")[:-1] if log.exists() else []
            log.unlink(missing_ok=True)
            told = [(kind, (int(key), check)) for kind, key, check in map(str.split, lines)]
            kept = committed(gradebook)
            # Nothing lost: what was there is there still, and so is all that was acknowledged.
            assert before.items() <= kept.items()
            assert {item for kind, item in told if kind == "committed"} <= kept.keys()
            # Nothing twice: what was there when the run began is not graded again.
            again = [item for kind, item in told if kind == "graded"]
            assert not before.keys() & set(again)
            graded.update(again)
        # Only what a kill had cut off was graded more than once.
        assert sum(graded.values()) - len(graded) <= killed
        assert contents(gradebook) == self._undisturbed(submissions)

    def _run(self, gradebook: Path, submissions: Path, log: Path, delay: float | None) -> bool:
        """Run the batch and kill it after `delay` seconds; whether it came to its end."""
        process = self._context.Process(target=stand_in.main, args=(gradebook, submissions, log))
        process.start()
        process.join(delay)
        if process.is_alive():
            os.kill(process.pid or 0, signal.SIGKILL)
        process.join()
        assert process.exitcode in (0, -signal.SIGKILL)
        self.dealt += process.exitcode != 0
        return process.exitcode == 0

    def _undisturbed(self, submissions: Path) -> list[tuple[Any, ...]]:
        gradebook = self._folder / f"{self.classes}-undisturbed.sqlite"
        assert self._run(gradebook, submissions, self._folder / "undisturbed.log", None)
        return contents(gradebook)


def test_a_batch_that_is_killed_a_few_times_goes_on(tmp_path: Path) -> None:
    kills = Kills(tmp_path, seed=0)

    kills.one_class(students=20, until=10)

    assert kills.dealt >= 5


@pytest.mark.slow
def test_two_hundred_random_kills_lose_nothing_and_repeat_nothing(tmp_path: Path) -> None:
    kills = Kills(tmp_path, seed=1)

    while kills.dealt < 200:
        kills.one_class(students=60, until=200)

    print(f"{kills.dealt} kills over {kills.classes} classes")


def start(gradebook: Path, submissions: Path) -> subprocess.Popen[bytes]:
    command = [
        sys.executable, "-m", "grader", "batch", str(submissions), "--only", "hw5_mle",
        "--gradebook", str(gradebook),
    ]  # fmt: skip
    environment = {**os.environ, "TMPDIR": str(gradebook.parent)}
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)


@pytest.mark.slow
def test_the_command_itself_killed_with_its_sandbox_at_work_goes_on(
    tmp_path: Path, root: Path
) -> None:
    submissions = tmp_path / "class"
    for number in range(8):
        (submissions / f"s{number}").mkdir(parents=True)
        source = (root / ("student", "reference")[number % 2] / "hw5_mle.py").read_text()
        (submissions / f"s{number}" / "hw5_mle.py").write_text(f"{source}# {number}\n")
    gradebook, draw = tmp_path / "killed.sqlite", random.Random(2)
    kept: dict[tuple[int, str], tuple[Any, ...]] = {}

    for number in range(12):
        process = start(gradebook, submissions)
        # Some die while they start; the others some instant after they have found something.
        wanted = len(kept) + draw.randint(1, 3) if number % 3 else 0
        while len(committed(gradebook)) < wanted and process.poll() is None:
            time.sleep(0.2)
        time.sleep(draw.uniform(0.0, 0.5))
        process.kill()
        assert process.wait() == -signal.SIGKILL, "it ended before it was killed"
        found = committed(gradebook)
        assert kept.items() <= found.items()
        kept = found
    everything = 8 * len(load_rubric().topic("hw5_mle").checks)
    assert 8 <= len(kept) < everything
    for book in (gradebook, tmp_path / "undisturbed.sqlite"):
        assert start(book, submissions).wait() == 0

    assert kept.items() <= committed(gradebook).items()
    assert contents(gradebook) == contents(tmp_path / "undisturbed.sqlite")
    assert len(committed(gradebook)) == everything
