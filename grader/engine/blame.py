"""Who is to blame when a worker gives no good answer, and how the check ends for it.

All that a worker says is the submission's word, its claim that a part of the grader's failed
included: only a worker without a submission can say that.
"""

from collections.abc import Iterator
from typing import Any

from grader.engine import trees
from grader.engine.calls import Call
from grader.engine.failures import EndCheck, StudentError
from grader.engine.plain_text import clean
from grader.engine.written import Module, Notebook
from grader.records import Status
from grader.sandbox import wire
from grader.sandbox.channel import WorkerDied

USED_UP = ("out_of_memory", "output_limit")
"""Answers after which a worker has nothing left to work with."""


def broken(what: str) -> EndCheck:
    """The worker said something that its own code never says."""
    return EndCheck(Status.VIOLATION, f"broke the worker's protocol: {what}")


def died(error: WorkerDied, where: str) -> EndCheck:
    """The worker ended before it answered."""
    return EndCheck(Status(error.reason), f"{where}: {error}")


def not_loaded(status: str, data: Any, written: Module | Notebook) -> EndCheck:
    """The submission's module does not load."""
    if status == "out_of_memory":
        return EndCheck(Status.OUT_OF_MEMORY, f"{written.name}, while it was loaded")
    if status != "import_error":
        return broken("an unknown answer")
    frames = text(data, "traceback")
    why = f"{written.cell(frames)}{raised(data)}\n{written.located(frames)}"
    return EndCheck(Status.IMPORT_ERROR, f"{written.name} does not load: {why.strip()}")


def judged(
    status: str, data: Any, call: Call, written: Module | Notebook, limit: int
) -> EndCheck | StudentError:
    """What an answer means that is no value; each text of it is cut at `limit` characters."""
    if status == "missing":
        near = text(data, "near", 80)
        hint = f"; the nearest name there is {near}" if near else ""
        return EndCheck(Status.NOT_IMPLEMENTED, f"{written.name} has no {call.function}{hint}")
    message = text(data, "message", limit)
    if status in USED_UP:
        return EndCheck(Status(status), f"{call.function}: {message}")
    if status not in ("raised", "unbuilt"):
        return broken("an unknown answer")
    builtin, name = text(data, "builtin", 80), text(data, "name", 80)
    if builtin == "NotImplementedError":
        task = f" ({message})" if message else ""
        return EndCheck(Status.NOT_IMPLEMENTED, f"{call.function} is not implemented{task}")
    frames = written.located(text(data, "traceback", limit))
    return StudentError(call.function, builtin, name, message, frames)


def own_part(status: str, call: Call) -> list[tuple[str, dict[str, Any]]]:
    """The requests that a worker without a submission must be able to answer as well.

    None, unless what failed may be a part of the grader's: a kit, or the seeding of generators.
    """
    if call.operation == "disturb" and status in ("raised", "unbuilt"):
        return [("disturb", call.payload)]
    if status == "unbuilt" or (status == "raised" and call.operation == "build"):
        return [("build", {"kit": kit}) for kit in own_kits(call.payload)]
    return []


def ours(call: Call, why: str) -> EndCheck:
    """That worker could not: the grader's own part failed."""
    return EndCheck(Status.GRADER_ERROR, f"the grader's own part of {call.function} failed: {why}")


def text(data: Any, name: str, limit: int = 16 * 1024) -> str:
    """A text of an answer that is no value, safe to show; "" for None.

    Only a str is one: the text of anything else would be made in this process, of any size.
    """
    found = data.get(name) if type(data) is dict else data
    if found is None:
        return ""
    if type(found) is not str:
        raise broken(f"a {name} that is no text")
    return clean(found, limit)


def raised(data: Any, limit: int = 16 * 1024) -> str:
    """What was raised: the name of the exception and its message."""
    return f"{text(data, 'name', 80)}: {text(data, 'message', limit)}"


def own_kits(value: Any) -> Iterator[wire.Kit]:
    """The kits in a payload that are made of the grader's data alone."""
    if isinstance(value, wire.Kit):
        if not any(map(_of_submission, trees.nodes(value))):
            yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from own_kits(item)
    elif isinstance(value, dict):
        yield from own_kits(list(value.values()))


def _of_submission(node: Any) -> bool:
    if isinstance(node, wire.Kit):
        return node.name == "student"
    return isinstance(node, wire.Handle)
