"""Shared fixtures: the project's folders and sandboxes that are started once."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import Browser, find
from handouts import make_checkout, run

from grader.engine.session import Session
from grader.engine.zygotes import ZygotePool

# Tests grade for real, also in the processes that they start.
os.environ["GRADER_NO_CACHE"] = "1"

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def pool() -> Iterator[ZygotePool]:
    """Zygotes that the sandbox's tests share."""
    pool = ZygotePool()
    yield pool
    pool.close()


@pytest.fixture(scope="session")
def session() -> Iterator[Session]:
    """Runners that the grading tests share."""
    with Session() as session:
        yield session


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium, where there is one: `chromium.NEEDED` skips tests elsewhere."""
    with Browser(find() or "") as browser:
        yield browser


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout whose rubric hides two checks of one topic, and all of another."""
    return make_checkout(ROOT, tmp_path_factory.mktemp("checkout"))


@pytest.fixture(scope="session")
def handout(checkout: Path) -> Path:
    """Its handout, of all the homework."""
    done = run(checkout, sys.executable, "-m", "grader", "handout", "out")
    assert done.returncode == 0, done.stderr
    return checkout / "out"


@pytest.fixture
def submissions(tmp_path: Path) -> Path:
    """The submissions of two students."""
    folder = tmp_path / "class"
    for name in ("ann", "bob"):
        (folder / name).mkdir(parents=True)
        (folder / name / "hw5_mle.py").write_text(f"NAME = {name!r}\n")
    return folder


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Where a gradebook is to be made."""
    return tmp_path / "class.sqlite"


def pytest_configure() -> None:
    """A shell starts background jobs with Ctrl-C ignored, and their commands inherit that."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
