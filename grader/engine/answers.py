"""Answers of a worker that are no values: their texts, and what of a request they can blame."""

from collections.abc import Iterator
from typing import Any

from grader.engine.failures import EndCheck
from grader.engine.plain_text import clean
from grader.records import Status
from grader.sandbox import wire


def text(data: Any, name: str, limit: int = 16 * 1024) -> str:
    """A text of an answer that is no value, safe to show; "" for None.

    Only a str is one: the text of anything else would be made in this process, of any size.
    """
    found = data.get(name) if type(data) is dict else data
    if found is None:
        return ""
    if type(found) is not str:
        raise EndCheck(Status.VIOLATION, f"broke the worker's protocol: a {name} that is no text")
    return clean(found, limit)


def raised(data: Any, limit: int = 16 * 1024) -> str:
    """What was raised: the name of the exception and its message."""
    return f"{text(data, 'name', 80)}: {text(data, 'message', limit)}"


def own_kits(value: Any) -> Iterator[wire.Kit]:
    """The kits in a payload that are made of the grader's data alone."""
    if isinstance(value, wire.Kit):
        if not _of_submission(value):
            yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from own_kits(item)
    elif isinstance(value, dict):
        yield from own_kits(list(value.values()))


def _of_submission(value: Any) -> bool:
    """Whether a kit is, or is made of, something of the submission's."""
    if isinstance(value, wire.Kit):
        return value.name == "student" or _of_submission(value.data)
    if isinstance(value, list | tuple):
        return any(map(_of_submission, value))
    if isinstance(value, dict):
        return any(map(_of_submission, value.values()))
    return isinstance(value, wire.Handle)
