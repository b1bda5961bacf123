"""Temporary folders: kept while somebody lives who has them, removed when nobody does."""

import fcntl
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from grader.errors import IsolationError
from grader.sandbox import scratch
from grader.sandbox.scratch import MARK, PREFIX, Scratch, sweep

OWNER = """
import sys, time
from pathlib import Path
from grader.sandbox.scratch import Scratch

made = Scratch()
inner = Path(made.path, "worker", "deep")
inner.mkdir(parents=True)
(inner / "file").write_text("left")
inner.chmod(0)
print(made.path, flush=True)
time.sleep(60)
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def owner(temporary: Path) -> subprocess.Popen[str]:
    """A process with a folder, which it fills and does not remove."""
    return subprocess.Popen(
        [sys.executable, "-c", OWNER], stdout=subprocess.PIPE, text=True,
        env={**os.environ, "TMPDIR": str(temporary)},
    )  # fmt: skip


def said(process: subprocess.Popen[str]) -> Path:
    assert process.stdout is not None
    return Path(process.stdout.readline().strip())


def kill(process: subprocess.Popen[str]) -> None:
    with process:
        process.send_signal(signal.SIGKILL)


def held(mark: Path) -> bool:
    with mark.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_a_folder_of_a_living_process_stays_and_a_killed_ones_goes(
    owner: subprocess.Popen[str], temporary: Path
) -> None:
    folder = said(owner)

    assert sweep() == []
    assert (folder / MARK).is_file()
    kill(owner)
    mine = Scratch()

    assert [path.name for path in temporary.iterdir()] == [Path(mine.path).name]
    mine.close()
    assert list(temporary.iterdir()) == []


def test_whoever_was_given_the_lock_holds_the_folder_too() -> None:
    made = Scratch()
    heir = subprocess.Popen(["sleep", "60"], pass_fds=[made.lock], text=True)
    os.close(made.lock)

    assert sweep() == []
    kill(heir)
    assert sweep() == [made.path]


def test_a_process_that_was_not_given_the_lock_holds_nothing() -> None:
    made = Scratch()
    other = subprocess.Popen(["sleep", "60"], text=True)
    os.close(made.lock)

    assert sweep() == [made.path]
    kill(other)


def test_a_worker_that_is_another_user_may_enter_and_not_list() -> None:
    made = Scratch()

    assert os.stat(made.path).st_mode & 0o777 == 0o711
    made.close()


def test_what_has_no_mark_is_no_folder_of_ours(temporary: Path) -> None:
    (temporary / "grader-similar-x").mkdir()
    (temporary / "grader-notes").write_text("mine")

    assert sweep() == []
    assert len(list(temporary.iterdir())) == 2


def test_a_link_is_not_followed(temporary: Path) -> None:
    elsewhere = temporary / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / MARK).touch()
    (temporary / "grader-link").symlink_to(elsewhere)

    assert sweep() == []
    assert (elsewhere / MARK).exists()


def test_another_users_folder_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Scratch()
    os.close(made.lock)
    uid = os.getuid()

    monkeypatch.setattr(scratch.os, "getuid", lambda: uid + 1)
    assert sweep() == []
    monkeypatch.undo()
    assert Path(made.path).is_dir()


def test_without_a_lock_there_is_no_folder(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("no locks here")

    monkeypatch.setattr(scratch.fcntl, "flock", refuse)

    with pytest.raises(IsolationError, match="no locks here"):
        Scratch()
    assert list(temporary.iterdir()) == []


def test_what_a_killed_command_leaves_the_next_one_removes(temporary: Path, root: Path) -> None:
    command = [sys.executable, "-m", "grader", "grade", str(root / "student"), "--only", "hw5_mle"]
    environment = {**os.environ, "TMPDIR": str(temporary)}
    killed = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, text=True)
    until = time.monotonic() + 30
    # A runner's and a zygote's.
    while len(list(temporary.glob(f"{PREFIX}*/{MARK}"))) < 2 and time.monotonic() < until:
        time.sleep(0.02)
    kill(killed)
    left = list(temporary.glob(f"{PREFIX}*/{MARK}"))
    # Its runner holds one of them until it notices.
    while any(map(held, left)) and time.monotonic() < until:
        time.sleep(0.05)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert len(left) >= 2
    assert done.returncode == 0, done.stderr
    assert list(temporary.glob(f"{PREFIX}*")) == []
