"""Watching: every save is graded, however an editor makes it, and what failed comes first."""

import os
import re
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Timer
from typing import Any

import pytest
from mle import RIGHT, TOPIC
from processes import alive, descendants

from grader.engine.session import Session
from grader.errors import UsageError
from grader.grading import Request, grade
from grader.records import CheckScore, Report, Status
from grader.watch import watch

ONE = f"{TOPIC}.estimate_is_min_and_max"
WRONG = RIGHT.replace("max(samples)", "min(samples)")
HANGS = RIGHT.replace("return float(min", "while True: pass\n    return float(min")
PATIENCE_S = 60.0


class Script:
    """A screen that makes the next save when a run is over, and an interrupt after the last."""

    def __init__(self, *saves: Callable[[], Any]) -> None:
        self.runs: list[list[CheckScore]] = []
        self.reports: list[Report | None] = []
        self.early: list[tuple[Report, int, int]] = []
        self._saves = list(saves)

    def begin(self, checks: int) -> None:
        self.runs.append([])

    def tell(self, check: CheckScore) -> None:
        self.runs[-1].append(check)

    def soon(self, report: Report, left: int) -> None:
        self.early.append((report, left, len(self.runs[-1])))

    def end(self, report: Report | None) -> None:
        self.reports.append(report)
        if report is not None:
            if not self._saves:
                raise KeyboardInterrupt
            self._saves.pop(0)()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "s" / f"{TOPIC}.py"
    path.parent.mkdir()
    path.write_text(RIGHT)
    return path


def followed(session: Session, file: Path, script: Script, only: str = TOPIC) -> Script:
    with pytest.raises(KeyboardInterrupt):
        watch(Request(file.parent, only=(only,)), session, script)
    return script


def statuses(checks: list[CheckScore]) -> list[Status]:
    return [check.status for check in checks]


def test_what_failed_comes_first_the_next_time(session: Session, file: Path) -> None:
    file.write_text(WRONG)
    script = followed(session, file, Script(lambda: file.write_text(WRONG + "# saved\n")))

    first, second = script.runs
    failed = {check.id for check in first if check.status is Status.FAILED}
    assert 0 < len(failed) < len(first)
    # Several runners take them in this order at once.
    assert second[0].id in failed
    assert sorted(check.id for check in second) == sorted(check.id for check in first)


def test_the_score_is_told_once_what_the_save_changed_is_judged(file: Path) -> None:
    file.write_text(WRONG)
    with Session(1) as session:
        script = followed(session, file, Script(lambda: file.write_text(RIGHT)))

    ((report, left, told),) = script.early
    first, second = script.runs
    assert told + left == len(second)
    judged = {check.id for check in second[:told]}
    assert judged >= {check.id for check in first if check.status is Status.FAILED}
    assert all(c.kind == "policy" or "uniform_mle" in c.functions for c in second[:told])
    assert not any("uniform_mle" in c.functions for c in second[told:])
    # What is not judged again yet counts as it did.
    assert script.reports[1] is not None
    assert report.score == script.reports[1].score


def test_a_file_that_is_replaced_by_a_rename_is_seen(session: Session, file: Path) -> None:
    def replace() -> None:
        other = file.with_suffix(".new")
        other.write_text(WRONG)
        other.rename(file)

    script = followed(session, file, Script(replace, lambda: file.write_text(RIGHT)), ONE)

    assert [statuses(run) for run in script.runs] == [
        [Status.PASSED], [Status.FAILED], [Status.PASSED]
    ]  # fmt: skip


def test_a_half_written_file_says_so_and_the_watch_goes_on(session: Session, file: Path) -> None:
    script = Script(lambda: file.write_text(RIGHT + "def half(:\n"), lambda: file.write_text(RIGHT))
    followed(session, file, script, ONE)

    right, half, again = (run[0] for run in script.runs)
    assert half.status is Status.IMPORT_ERROR
    assert "SyntaxError" in half.message
    assert right.status is again.status is Status.PASSED


def later(file: Path, source: str) -> Timer:
    """Save in a second."""
    timer = Timer(1.0, file.write_text, [source])
    timer.start()
    return timer


def test_a_save_ends_the_run_that_it_makes_old_and_keeps_the_runners(
    session: Session, file: Path
) -> None:
    """The hang would take ten seconds to its limit: the save must not wait for it."""
    started: list[float] = []
    before: list[int] = []
    timers: list[Timer] = []

    class Impatient(Script):
        def begin(self, checks: int) -> None:
            super().begin(checks)
            if len(self.runs) == 2:
                before.extend(worker.process.pid for worker in session.runners())
                started.append(time.monotonic())
                timers.append(later(file, RIGHT + "# done\n"))

    script = followed(session, file, Impatient(lambda: file.write_text(HANGS)), ONE)
    timers[0].join()

    assert time.monotonic() - started[0] < 9
    assert [report is None for report in script.reports] == [False, True, False]
    assert statuses(script.runs[2]) == [Status.PASSED]
    assert [worker.process.pid for worker in session.runners()] == before


def test_a_save_that_was_undone_has_ended_the_run_all_the_same(
    session: Session, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an ended run has found is not all that there is to find."""
    first = True

    def ended_at_first(*arguments: Any, stop: Callable[[], bool]) -> Report:
        nonlocal first
        if not first:
            return grade(*arguments, stop=stop)
        first = False
        file.write_text(WRONG)
        while not stop():
            time.sleep(0.01)
        file.write_text(RIGHT)
        return grade(*arguments, stop=lambda: True)

    monkeypatch.setattr("grader.watch.grade", ended_at_first)
    script = followed(session, file, Script(), ONE)

    assert [report is None for report in script.reports] == [True, False]
    assert [statuses(run) for run in script.runs] == [[], [Status.PASSED]]


def test_files_of_other_topics_and_of_editors_are_no_reason_to_run(
    session: Session, file: Path
) -> None:
    timers: list[Timer] = []

    def save_others() -> None:
        (file.parent / "hw5_pca.py").write_text("import numpy\n")
        (file.parent / f".{TOPIC}.py.swp").write_text("vim")
        file.touch()
        timers.append(later(file, WRONG))

    script = followed(session, file, Script(save_others), ONE)
    timers[0].join()

    # The second run is that of the later save.
    assert [statuses(run) for run in script.runs] == [[Status.PASSED], [Status.FAILED]]


def test_an_archive_and_an_unknown_topic_are_refused(session: Session, tmp_path: Path) -> None:
    archive = tmp_path / "s.zip"
    archive.write_bytes(b"PK")

    with pytest.raises(UsageError, match="unpack"):
        watch(Request(archive, only=(TOPIC,)), session, Script())
    with pytest.raises(UsageError, match="did you mean hw5_mle"):
        watch(Request(tmp_path, only=("hw5_mel",)), session, Script())


class Terminal:
    """`grader watch` in a process of its own, and what it has printed."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "grader", "watch", *arguments], text=True, bufsize=1,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        os.set_blocking(self.process.stdout.fileno(), False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self.process.stdout, selectors.EVENT_READ)

    def until(self, words: str) -> str:
        """What is printed until the words are."""
        assert self.process.stdout is not None
        said, stop = "", time.monotonic() + PATIENCE_S
        while words not in said:
            assert time.monotonic() < stop, f"{words!r} never came: {said}"
            if self._selector.select(1.0):
                part = self.process.stdout.read()
                assert part != "", f"it ended: {said}"
                said += part or ""
        return said

    def interrupt(self) -> tuple[int, str]:
        """Ctrl-C, as a terminal sends it to the whole group; exit status and last words."""
        os.killpg(self.process.pid, signal.SIGINT)
        status = self.process.wait(PATIENCE_S)
        assert self.process.stdout is not None
        os.set_blocking(self.process.stdout.fileno(), True)
        self._selector.close()
        with self.process.stdout as said:
            return status, said.read()


def test_a_real_watch_of_real_saves_ends_cleanly(file: Path) -> None:
    terminal = Terminal(ONE, str(file.parent))
    try:
        assert "Score 1.5 of 1.5" in terminal.until("Waiting for the next save")

        file.write_text(WRONG)
        said = terminal.until("Waiting for the next save")
        assert said.index(f"FAILED {ONE}") < said.index("Score 0 of 1.5")
        assert "grader replay" in said

        file.write_text("def half(:\n")
        said = terminal.until("Waiting for the next save")
        assert "SyntaxError" in said

        file.write_text(RIGHT)
        assert "Score 1.5 of 1.5" in terminal.until("Waiting for the next save")
    finally:
        children = descendants(terminal.process.pid)
        status, rest = terminal.interrupt()

    assert status == 0
    assert "Traceback" not in rest
    assert children
    assert [pid for pid in children if alive(pid)] == []


def test_a_watch_that_cannot_begin_exits_with_the_fix(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "grader", "watch", TOPIC, str(tmp_path / "nowhere")],
        capture_output=True, text=True, timeout=PATIENCE_S, check=False,
    )  # fmt: skip

    assert done.returncode == 2
    assert re.search("not a folder", done.stderr)
