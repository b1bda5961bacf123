"""Arguments as trees: lists, tuples, dictionaries and kits, with something else at the leaves."""

from collections.abc import Callable, Iterator
from typing import Any

from grader.sandbox import wire


def mapped(value: Any, change: Callable[[Any], Any]) -> Any:
    """The same tree, made anew, with `change(leaf)` for each leaf."""
    if isinstance(value, wire.Kit):
        return wire.Kit(value.name, mapped(value.data, change))
    if type(value) in (list, tuple):
        return type(value)(mapped(item, change) for item in value)
    if type(value) is dict:
        return {key: mapped(item, change) for key, item in value.items()}
    return change(value)


def nodes(value: Any) -> Iterator[Any]:
    """The tree itself and all that is in it, the keys of dictionaries apart."""
    waiting = [value]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, wire.Kit):
            waiting.append(node.data)
        elif isinstance(node, list | tuple):
            waiting += node
        elif isinstance(node, dict):
            waiting += node.values()
