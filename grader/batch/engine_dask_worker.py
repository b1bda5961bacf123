"""What runs on the workers of a Dask cluster: they are examined, grade, and end their runners."""

import asyncio
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grader.batch.conditions import packages
from grader.batch.engine import Task, grade_files, probe
from grader.engine.outcome_wire import outcome_to_wire
from grader.engine.session import Session
from grader.errors import GraderError
from grader.records import Isolation, Mode, Outcome
from grader.rubric import checks_hash, load_rubric


@dataclass(frozen=True, slots=True)
class Standing:
    """What a worker is: its isolation, or why it takes no work."""

    isolation: Isolation
    refused: str = ""


def versions() -> dict[str, str]:
    """What must be the same on every worker: the checks and the packages."""
    return {"checks": checks_hash(), **packages()}


async def examine(mode: Mode, expected: Mapping[str, str]) -> Standing:
    """Whether this worker takes work: the same versions, and enough isolation."""
    here = versions()
    other = [name for name in expected if here.get(name) != expected[name]]
    if other:
        told = ", ".join(f"{name} {here.get(name)}, not {expected[name]}" for name in other)
        return Standing(Isolation("none", {}), f"it has {told}")
    try:
        return Standing(await asyncio.to_thread(probe, mode))
    except GraderError as error:
        return Standing(Isolation("none", {}), str(error))


def work(
    task: Task, files: dict[str, bytes], at_hand: Isolation, token: str
) -> list[tuple[dict[str, Any], str, dict[str, bool]]]:
    """Grade a submission in this thread's session: outcomes, each with its isolation, as data."""
    found: list[tuple[dict[str, Any], str, dict[str, bool]]] = []

    def tell(outcome: Outcome, isolation: Isolation) -> None:
        found.append((outcome_to_wire(outcome), isolation.level, dict(isolation.layers)))

    grade_files(task, files, _session(token), at_hand, tell)
    return found


_sessions: dict[int, tuple[str, Session]] = {}
"""Thread -> the run that it works for, and its session: the libraries are imported once."""


def _session(token: str) -> Session:
    thread = threading.get_ident()
    owner, session = _sessions.get(thread, ("", None))
    if session is None or owner != token:
        if session is not None:
            session.close()
        # The checks may have been edited since the worker started.
        load_rubric.cache_clear()
        session = Session(1)
        _sessions[thread] = (token, session)
    return session


def end_sessions(token: str) -> None:
    """End the sessions of a run that is over."""
    for thread, (owner, session) in list(_sessions.items()):
        if owner == token:
            del _sessions[thread]
            session.close()
