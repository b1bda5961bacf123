"""Shared fixtures: the project's folders and sandboxes that are started once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.engine.context import ZygotePool
from grader.engine.session import Session

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
