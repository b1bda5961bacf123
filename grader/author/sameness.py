"""The same submission gets the same report, whatever else is different.

The right submissions and some wrong ones of a topic are graded again and again, each time with
another number of runners, other thread counts in the environment, in another order and with the
checks shared out differently. But for seconds every outcome must be what it was the first time.
"""

import os
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from grader.author.audit import Verdict, run
from grader.author.cases import Case, cases
from grader.author.memory import Memory
from grader.records import Outcome
from grader.rubric import Topic

CHAFFS = 3
"""Wrong submissions of each topic that are graded again; over all topics about thirty."""
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True, slots=True)
class Flaky:
    """A verdict that changed: the grader's defect."""

    case: str
    check: str
    run: int
    before: Outcome
    after: Outcome


def repeat(
    root: Path,
    topic: Topic,
    times: int,
    on_verdict: Callable[[Verdict], None] = lambda verdict: None,
) -> tuple[int, list[Flaky]]:
    """Grade a topic's submissions `times` times: how many there are, and what changed."""
    chosen = _chosen(root, topic)
    first: dict[str, Mapping[str, Outcome]] = {}
    found = []
    for number in range(times):
        shuffled = random.Random(number).sample(chosen, len(chosen))
        with _threads(1 + number % 4):
            # One runner after another, or several at once that keep each other waiting; a
            # submission's checks by one runner, or shared between two.
            jobs, runners = 1 + number % 3, 1 + number // 3 % 2
            verdicts = run(shuffled, jobs, Memory(None), on_verdict, runners)
        for verdict in verdicts:
            name = f"{verdict.case.role} {verdict.case.name}"
            before = first.setdefault(name, verdict.outcomes)
            found += [
                Flaky(name, check, number, before[check], after)
                for check, after in verdict.outcomes.items()
                if _lasting(before[check]) != _lasting(after)
            ]
    return len(chosen), found


def _chosen(root: Path, topic: Topic) -> list[Case]:
    everything = cases(root, only=topic.name, short=False)
    chaffs = [case for case in everything if case.role == "chaff"]
    step = max(1, len(chaffs) // CHAFFS)
    return [c for c in everything if c.role in ("reference", "wheat")] + chaffs[::step][:CHAFFS]


def _lasting(outcome: Outcome) -> Outcome:
    return replace(outcome, seconds=0.0)


@contextmanager
def _threads(count: int) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, str(count)))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
