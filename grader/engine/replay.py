"""Replays a failing call in the student's own interpreter: no sandbox, and a debugger if wanted.

The check runs again behind the sandbox to find its smallest failing input; the calls made with it
are then made here, on the module in the submission's own folder, or on what an archive or notebook
holds.
"""

import pdb
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.engine import trees
from grader.engine.calls import Call
from grader.engine.failures import EndCheck
from grader.engine.session import SUBMISSION_S
from grader.engine.topic_files import libraries, modules
from grader.errors import UsageError
from grader.records import Mode, Outcome, Status
from grader.sandbox import wire, worker
from grader.sandbox.limits import Limits
from grader.sandbox.torchvision_ops import ensure_importable
from grader.submission import read_submission


@dataclass(frozen=True, slots=True)
class Failure:
    """A check's outcome, the requests of its smallest failing input, and the files it judged."""

    outcome: Outcome
    calls: tuple[Call, ...]
    files: Mapping[str, bytes]
    """As they were handed in, and the module that a notebook was turned into."""


def find_failure(check: str, path: Path, seed: int, mode: Mode) -> Failure:
    """Run the check on the submission; its outcome and the calls to replay."""
    from grader.engine import notebooks, plugin
    from grader.engine.context import Context
    from grader.engine.zygotes import ZygotePool
    from grader.rubric import load_rubric

    rubric = load_rubric()
    rubric.select(None, [check])
    if check not in rubric.index:
        raise UsageError(f"{check} is not a check; `grader checks` lists them")
    topic = rubric.topic(check.split(".")[0])
    submission = read_submission(path)
    if not set(modules(topic)) & submission.files.keys():
        raise UsageError(f"{topic.name}.py is not in {path}")
    outcomes: list[Outcome] = []
    calls: list[Call] = []
    pool = ZygotePool(mode)
    try:
        files, notebook = notebooks.as_module(topic, submission.files, pool)
        context = Context(
            files=files,
            replay_name=str(path),
            seed=seed,
            zygotes=pool,
            stop_at=time.monotonic() + SUBMISSION_S,
            emit=outcomes.append,
            on_calls=calls.extend,
            notebook=notebook,
        )
        plugin.run_checks(topic, context, iter([check]))
    except EndCheck as error:
        raise UsageError(error.message) from None
    finally:
        pool.close()
    if not outcomes:
        raise UsageError(f"{check} cannot be replayed: a person grades it")
    return Failure(outcomes[0], tuple(calls), files)


def replay(
    failure: Failure, path: Path, module: str, say: Callable[[str], None], debug: bool
) -> bool:
    """Make the calls here. True when all of them answered, False when one raised."""
    own = path / f"{module}.py"
    if own.is_file() and not own.is_symlink():
        return _replay(failure, path, module, say, debug)
    with tempfile.TemporaryDirectory(prefix="grader-replay-") as made:
        try:
            worker.Server(Path(made), Limits()).perform("files", {"files": dict(failure.files)})
        except OSError as error:
            raise UsageError(f"{path} cannot be unpacked to be replayed: {error}") from None
        return _replay(failure, Path(made), module, say, debug)


def _replay(
    failure: Failure, folder: Path, module: str, say: Callable[[str], None], debug: bool
) -> bool:
    from grader.rubric import load_rubric

    sys.path.insert(0, str(folder))
    if "torchvision" in libraries(load_rubric().topic(module), failure.files):
        ensure_importable()
    server = worker.Server(folder, Limits())
    status, found = server.answer("load", {"module": module, "seed": 0})
    if status != "ok":
        say(f"{module}.py does not load: {found['name']}: {found['message']}\n{found['traceback']}")
        return False
    numbers: dict[int, int] = {}
    for call in failure.calls:
        say(f">>> {call.text()}")
        payload = _renumbered(call.payload, numbers)
        try:
            with server.debugging(pdb.Pdb().runcall if debug else None):
                reply = server.perform(call.operation, payload)[1]
        except Exception:
            say("".join(traceback.format_exception(*sys.exc_info())[-12:]))
            if debug:
                pdb.post_mortem()
            return False
        value = reply.get("value") if isinstance(reply, dict) else reply
        if type(value) is wire.Handle and type(call.value) is wire.Handle:
            numbers[call.value.number] = value.number
        say(_as_text(value))
    return True


def _renumbered(payload: dict[str, Any], numbers: Mapping[int, int]) -> dict[str, Any]:
    """The payload with the handles that this replay gave out."""

    def change(leaf: Any) -> Any:
        if type(leaf) is wire.Handle:
            return wire.Handle(numbers.get(leaf.number, leaf.number), leaf.type_name)
        return leaf

    changed: dict[str, Any] = trees.mapped(payload, change)
    if "handle" in changed:
        changed["handle"] = numbers.get(changed["handle"], changed["handle"])
    return changed


def _as_text(value: Any) -> str:
    from grader.engine.show import show

    return f"<{value.type_name}>" if type(value) is wire.Handle else show(value)


def summary(failure: Failure) -> str:
    """What the sandboxed run found."""
    outcome = failure.outcome
    if outcome.status is Status.PASSED:
        return f"{outcome.check} passes: there is nothing to replay"
    found = outcome.counterexample
    lines = [f"{outcome.check}: {outcome.status.value}", outcome.message]
    if found is not None:
        lines += [f"got       {found.got}", f"expected  {found.expected}"]
    return "\n".join(line for line in lines if line)
