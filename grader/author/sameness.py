"""The same submission gets the same report, whatever else is different.

The right submissions and some wrong ones of a topic are graded again and again, each time with
another number of runners, other thread counts in the environment, in another order and with the
checks shared out differently. But for seconds every outcome must be what it was the first time.

A submission that seeds itself from the system's entropy is another one each time: it must get the
same marks and words, and what is measured of it may differ.
"""

import os
import random
import re
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
_ENTROPY = re.compile(
    rb"\.seed\(\)|(default_rng|RandomState|Random)\((None)?\)|urandom|\bsecrets\b"
)
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
            outcomes = {c: lasting(verdict.case, o) for c, o in verdict.outcomes.items()}
            before = first.setdefault(name, outcomes)
            found += [
                Flaky(name, check, number, before[check], after)
                for check, after in outcomes.items()
                if before[check] != after
            ]
    return len(chosen), found


def _chosen(root: Path, topic: Topic) -> list[Case]:
    everything = cases(root, only=topic.name, short=False)
    chaffs = [case for case in everything if case.role == "chaff"]
    step = max(1, len(chaffs) // CHAFFS)
    return [c for c in everything if c.role in ("reference", "wheat")] + chaffs[::step][:CHAFFS]


def lasting(case: Case, outcome: Outcome) -> Outcome:
    """What of an outcome must be the same each time that the submission is graded."""
    timeless = replace(outcome, seconds=0.0)
    if _ENTROPY.search(case.files[f"{case.topic.name}.py"]):
        return replace(timeless, notes=(), figures=(), used={})
    return timeless


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
