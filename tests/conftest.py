"""Shared fixtures: the project's folders and sandboxes that are started once."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import Browser, find

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


def pytest_configure() -> None:
    """A shell starts background jobs with Ctrl-C ignored, and their commands inherit that."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
