"""Grading with what is known from earlier runs: only the rest runs."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from grader.cache import Cache, Key
from grader.engine.result import Result, weakest
from grader.engine.settled import settled
from grader.engine.topic_files import topic_files
from grader.records import Outcome, Status
from grader.rubric import Chosen, Rubric, Topic
from grader.submission import Submission


@dataclass(frozen=True, slots=True)
class _Asked:
    """A topic's checks that need a run or the cache, and what the cache has of them."""

    key: Key
    checks: tuple[str, ...]
    found: dict[str, Outcome]

    @property
    def known(self) -> dict[str, Outcome]:
        return {check: self.found[check] for check in self.checks if check in self.found}

    @property
    def to_run(self) -> bool:
        return len(self.known) < len(self.checks)


def run_the_rest(
    chosen: Chosen,
    rubric: Rubric,
    submission: Submission,
    cache: Cache,
    make_key: Callable[[Topic, str], Key],
    run: Callable[[Chosen], Result],
    on_outcome: Callable[[Outcome], None],
) -> Result:
    """Take from the cache what it has, `run` what it has not, and keep that.

    `make_key` gets a topic and the hash of its files. The result is that of running everything.
    """
    started = time.monotonic()
    asked = {
        topic: _ask(topic, checks, rubric, submission, cache, make_key)
        for topic, checks in chosen.items()
    }
    outcomes = {check: o for one in asked.values() for check, o in one.known.items()}
    for outcome in outcomes.values():
        on_outcome(outcome)
    cache.reused += len(outcomes)
    isolations = [cache.machine()] if outcomes else []
    rest = {
        topic: left
        for topic, checks in chosen.items()
        if (left := tuple(check for check in checks if check not in outcomes))
    }
    interrupted = False
    if rest:
        result = run(rest)
        outcomes |= result.outcomes
        interrupted = result.interrupted
        ran = [one for one in asked.values() if one.to_run]
        isolations += [result.isolation] if ran else []
        for one in () if interrupted else ran:
            fresh = [result.outcomes[check] for check in one.checks if check not in one.found]
            fresh = [outcome for outcome in fresh if not _was_unlucky(outcome, rubric)]
            cache.keep(one.key, result.isolation, [*one.found.values(), *fresh])
    return Result(outcomes, weakest(isolations), time.monotonic() - started, interrupted)


def _was_unlucky(outcome: Outcome, rubric: Rubric) -> bool:
    """Whether a busy machine may be why: a benchmark can measure time, and deserves another run."""
    return rubric.index[outcome.check].kind == "benchmark" and outcome.status is Status.FAILED


def _ask(
    topic: Topic,
    checks: tuple[str, ...],
    rubric: Rubric,
    submission: Submission,
    cache: Cache,
    make_key: Callable[[Topic, str], Key],
) -> _Asked:
    files = topic_files(topic, rubric, submission.files)
    done = {outcome.check for outcome in settled(topic, checks, rubric, files)}
    key = make_key(topic, Submission(topic.name, files).sha256)
    wanted = tuple(check for check in checks if check not in done)
    return _Asked(key, wanted, cache.find(key) if wanted else {})
