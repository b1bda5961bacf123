"""Stretches of code that no cancellation may cut: what was asked or heard there would be lost."""

from collections.abc import Iterator
from contextlib import contextmanager

_depth = 0


@contextmanager
def held() -> Iterator[None]:
    """No cancellation until the end of it."""
    global _depth
    _depth += 1
    try:
        yield
    finally:
        _depth -= 1


def are_held() -> bool:
    """Whether one that comes now has to wait."""
    return _depth > 0
