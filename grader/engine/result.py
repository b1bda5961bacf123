"""What grading a submission has found: its outcomes, and the isolation they were found under."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from grader.records import Isolation, Outcome, Status
from grader.sandbox.process import LAYERS


@dataclass(frozen=True, slots=True)
class Result:
    """The outcomes of one submission, and the isolation that they were found under."""

    outcomes: dict[str, Outcome]
    isolation: Isolation
    seconds: float
    interrupted: bool = False


@dataclass(slots=True)
class Gathering:
    """The outcomes so far; whoever asked hears of each as it comes."""

    outcomes: dict[str, Outcome]
    isolations: list[Isolation]
    on_outcome: Callable[[Outcome], None]
    on_isolation: Callable[[Isolation], None]

    def found_under(self, isolation: Isolation) -> None:
        """What holds for outcomes that come after this."""
        self.isolations.append(isolation)
        self.on_isolation(isolation)

    def add(self, outcome: Outcome) -> None:
        """A check has been judged."""
        self.outcomes[outcome.check] = outcome
        self.on_outcome(outcome)

    def forget(self, checks: Iterable[str], why: str) -> None:
        """Checks that nobody judges any more are the grader's error."""
        for check in sorted(checks):
            self.add(Outcome(check, Status.GRADER_ERROR, message=why))


def weakest(found: list[Isolation]) -> Isolation:
    """What held everywhere: a layer counts only if it held for all of them."""
    if not found:
        return Isolation("none", dict.fromkeys(LAYERS, False))
    order = ("none", "partial", "kernel", "full")
    level = min((one.level for one in found), key=order.index)
    # A gradebook may hold outcomes of a grader that knew of fewer layers.
    names = dict.fromkeys(name for one in found for name in one.layers)
    return Isolation(level, {name: all(one.layers.get(name) for one in found) for name in names})
