"""Follows the examples of one check: the smallest that fails, and what there is to see of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis.errors import HypothesisException

from grader.engine import trees
from grader.engine.calls import Call
from grader.engine.entry import Entry
from grader.engine.failures import Mismatch, StopShrinking, StudentError
from grader.engine.proxy import SubmissionProxy
from grader.errors import GraderError
from grader.figures import Figure, extent
from grader.records import Status
from grader.sandbox import wire

MAX_SHRINKS = 200
"""Inputs tried after the first failure. A count, not a time, so that reports repeat."""
UNUSABLE = (
    "an answer has a form that this check cannot work with; if you are sure that it is right, "
    "show this message to your instructor"
)


@dataclass(frozen=True, slots=True)
class FailingExample:
    """What broke, the calls that show it and how large their arguments are, and the pictures."""

    error: BaseException
    calls: Sequence[Call]
    size: int
    figures: tuple[Figure, ...]


class Examples:
    """The examples of one run of a check; the check's entry and worker are theirs."""

    def __init__(self, entry: Entry, proxy: SubmissionProxy) -> None:
        self.entry = entry
        self.proxy = proxy
        self.smallest: FailingExample | None = None
        """Of those that failed; of equally small ones the latest, which is shrunk the furthest."""
        self._tried = 0
        self._most_to_see: tuple[Figure, ...] = ()

    def follow(self, inner: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap the body of a check, which Hypothesis calls once per example."""

        def body(*args: Any, **kwargs: Any) -> Any:
            if self.smallest is not None:
                self._tried += 1
                if self._tried > MAX_SHRINKS:
                    raise StopShrinking
            self.proxy.begin_example()
            self.entry.figures.clear()
            try:
                answer = inner(*args, **kwargs)
            except (Mismatch, StudentError, AssertionError) as error:
                self._failed(error)
                raise
            except (GraderError, HypothesisException, OSError, MemoryError, ImportError):
                raise
            except Exception as error:
                # The audit shows that a check does not raise on right answers, in many forms.
                if not any(call.answered for call in self.proxy.calls):
                    raise
                unusable = Mismatch(UNUSABLE, got=f"{type(error).__name__}: {error}")
                self._failed(unusable)
                raise unusable from error
            self._succeeded()
            return answer

        return body

    def ask_again(self) -> None:
        """Ask some of the calls again; an answer that differs is a failing example too."""
        try:
            self.proxy.ask_again()
        except (Mismatch, StudentError) as error:
            self._failed(error)
            raise

    def calls(self) -> Sequence[Call]:
        """The calls that tell how the check ended: of the smallest failure, or the last ones."""
        return self.proxy.calls if self.smallest is None else self.smallest.calls

    def figures(self, status: Status) -> tuple[Figure, ...]:
        """The pictures to show of a check that ended like this."""
        if status is Status.PASSED:
            return self._most_to_see
        return tuple(self.entry.figures) if self.smallest is None else self.smallest.figures

    def _failed(self, error: BaseException) -> None:
        calls = self.proxy.calls
        size = sum(_elements(call.args) + _elements(call.kwargs) for call in calls)
        if self.smallest is None or size <= self.smallest.size:
            figures = tuple(self.entry.figures)
            self.smallest = FailingExample(error, tuple(calls), size, figures)

    def _succeeded(self) -> None:
        figures = tuple(self.entry.figures)
        if sum(map(extent, figures)) > sum(map(extent, self._most_to_see)):
            self._most_to_see = figures


def _elements(arguments: Any) -> int:
    """Numbers, texts and containers: what shrinking makes fewer."""
    return sum(map(_count, trees.nodes(arguments)))


def _count(node: Any) -> int:
    if isinstance(node, wire.Kit):
        return 0
    if isinstance(node, np.ndarray):
        return node.size
    return int(node.numel()) if hasattr(node, "numel") else 1
