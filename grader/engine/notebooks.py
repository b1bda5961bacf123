"""A submitted notebook in place of a module: turned into one in a worker, graded like one."""

from collections.abc import Mapping
from typing import Any

from grader.engine import blame
from grader.engine.failures import EndCheck
from grader.engine.topic_files import NOTEBOOK, libraries, only_notebook
from grader.engine.written import Notebook
from grader.engine.zygotes import ZygotePool
from grader.records import Status
from grader.rubric import Topic
from grader.sandbox.channel import WorkerDied
from grader.sandbox.limits import Limits

MAX_MIB = 16
"""Code is some KiB; what makes a notebook larger is the pictures in its outputs."""
LIMITS = Limits()


def as_module(
    topic: Topic, files: Mapping[str, bytes], zygotes: ZygotePool
) -> tuple[Mapping[str, bytes], Notebook | None]:
    """The files with the topic's module among them, made of its notebook if that stands in for it.

    EndCheck, with why for the student, for a notebook that is no module.
    """
    if not only_notebook(topic, files):
        return files, None
    name = f"{topic.name}{NOTEBOOK}"
    if len(files[name]) > MAX_MIB << 20:
        raise _broken(f"{name} has more than {MAX_MIB} MiB: clear its outputs and save it again")
    channel = zygotes.channel(libraries(topic, files), LIMITS)
    try:
        status, found = channel.request("notebook", {"data": files[name]}, LIMITS.import_s)
    except WorkerDied as error:
        raise blame.died(error, f"{name} cannot be read") from None
    finally:
        channel.close()
    if status != "ok":
        raise _broken(f"{name} cannot be read: {blame.text(found, 'message')}")
    source, starts = _checked(found)
    return {**files, f"{topic.name}.py": source.encode()}, Notebook(topic.name, starts)


def _checked(found: Any) -> tuple[str, tuple[int, ...]]:
    """The worker's answer, which is its word alone until here."""
    source, starts = (found.get("source"), found.get("starts")) if type(found) is dict else (0, 0)
    if type(source) is not str or type(starts) is not list:
        raise blame.broken("no module came back")
    if not all(type(start) is int for start in starts):
        raise blame.broken("a code cell without a line")
    return source, tuple(starts)


def _broken(why: str) -> EndCheck:
    return EndCheck(Status.IMPORT_ERROR, why)
