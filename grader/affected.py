"""Which checks an edit may have changed: a guess from the source's text, to run these first.

It is a guess because a program can reach a function without naming it. Nobody is graded by it: the
other checks run too, after these.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import groupby

from grader.engine.topic_files import modules
from grader.rubric import CheckEntry, Topic

_DEFINITION = re.compile(r"(?:async\s+)?(?:def|class)\s+(\w+)|(\w+)\s*(?::[^=]*)?=(?!=)")
_WORD = re.compile(r"\w+")
_REST = ""


def affected(
    topic: Topic, before: Mapping[str, bytes], after: Mapping[str, bytes]
) -> frozenset[str]:
    """The checks of a topic that judge what is different between two states of its files.

    All of them where the difference is not in definitions of the topic's module alone.
    """
    module, _ = modules(topic)
    if module not in before or module not in after or _others(before, module, after):
        return frozenset(check.id for check in topic.checks)
    old, new = (_parts(files[module].decode("utf-8", "replace")) for files in (before, after))
    changed = _changed(old, new)
    return frozenset(c.id for c in topic.checks if _REST in changed or _judges(c, changed))


def _others(before: Mapping[str, bytes], module: str, after: Mapping[str, bytes]) -> bool:
    return {**before, module: b""} != {**after, module: b""}


def _judges(check: CheckEntry, changed: frozenset[str]) -> bool:
    # A policy reads all of the source.
    return check.kind == "policy" or not changed.isdisjoint(check.functions)


def _changed(before: Mapping[str, str], after: Mapping[str, str]) -> frozenset[str]:
    """The parts that differ, and those that name one of them, directly or through another."""
    names = before.keys() | after.keys()
    found = {name for name in names if before.get(name) != after.get(name)}
    words = {name: set(_WORD.findall(text)) for name, text in after.items()}
    while more := {name for name, used in words.items() if used & found} - found:
        found |= more
    return frozenset(found)


def _parts(source: str) -> dict[str, str]:
    """The text of what the top level defines, by its name, and of the rest."""
    found: dict[str, str] = {}
    for name, lines in groupby(_named(source), key=lambda line: line[0]):
        found[name] = found.get(name, "") + "".join(text for _, text in lines)
    return found


def _named(source: str) -> Iterator[tuple[str, str]]:
    """Each line with the name of the part that it belongs to."""
    name, decorators = _REST, ""
    for line in source.splitlines(keepends=True):
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("@"):
            decorators += line
            continue
        if not line[0].isspace() and line[0] not in ")]}":
            defined = _DEFINITION.match(line)
            name = defined[1] or defined[2] if defined else _REST
        yield name, decorators + line
        decorators = ""
