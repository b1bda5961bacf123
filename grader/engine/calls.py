"""The calls that a check makes, and which of them are asked again at its end."""

import itertools
from dataclasses import dataclass, field
from typing import Any

from grader.engine import forms
from grader.engine.show import show_call
from grader.sandbox import wire

MAX_REMEMBERED = 24
"""Calls of one check that are asked again."""
MAX_KEPT_BYTES = 1 << 20
"""An answer that takes more is judged and forgotten: it is not asked for again. A check's answers
pin at most so much of the grader's memory, times the calls that it remembers."""
TOO_LARGE = wire.Opaque("an answer that is too large to be kept")


@dataclass(slots=True)
class Call:
    """One call that a check made: as a person reads it, as it was sent, and what came of it."""

    function: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    operation: str
    payload: dict[str, Any] = field(repr=False)
    value: Any = None
    answered: bool = False

    def text(self) -> str:
        """The call as source."""
        return show_call(self.function, self.args, self.kwargs)

    def take(self, value: Any) -> None:
        """Keep an answer that is light enough."""
        light = forms.weight(value, MAX_KEPT_BYTES) <= MAX_KEPT_BYTES
        self.value = value if light else TOO_LARGE
        self.answered = True


class Memory:
    """Some of a check's calls: the first, then every seventh in the place of an earlier one.

    They come from all of the check, and no generator decides: reports repeat.
    """

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self._numbers = itertools.count()

    def add(self, call: Call) -> None:
        """Remember a call, perhaps."""
        number = next(self._numbers)
        if len(self.calls) < MAX_REMEMBERED:
            self.calls.append(call)
        elif number % 7 == 0:
            self.calls[(number // 7) % MAX_REMEMBERED] = call
