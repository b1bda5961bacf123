"""The audit: proof that the checks tell right answers from wrong ones.

Right submissions (the reference, and wheats written in other ways) must earn every point a program
gives; wrong ones (chaffs with one defect each, and trivial ones) must lose points where their
defect is, with words that name it. Each is graded through the same path as a student's.

The long form grades every wrong submission by every check of its topic and writes down which fail
it. The short form asks each wrong one only the two checks that are written first for it, so that a
few minutes show whether anything that was caught no longer is. With other seeds than the first that
is what they are asked in either form, by those of the two that draw their inputs.

Results are kept by a hash of all that can change them, so that an audit that was stopped goes on,
and a second one grades only what changed.
"""

import json
import queue
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.author.cases import KILLERS, Case, checks_of, read_killers
from grader.author.memory import Memory
from grader.author.splice import Chaff
from grader.engine.session import Session
from grader.records import Outcome, Status
from grader.rubric import Topic, load_rubric
from grader.submission import Submission


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a case: its outcomes, and what is not as it must be."""

    case: Case
    outcomes: Mapping[str, Outcome]
    defects: tuple[str, ...]
    seconds: float
    """What grading took; 0 when it was remembered."""


@dataclass(slots=True)
class CheckRow:
    """What the audit says of one check."""

    killers: list[str] = field(default_factory=list)
    right: int = 0
    seconds: list[float] = field(default_factory=list)


def write_killers(root: Path, verdicts: list["Verdict"]) -> None:
    """Write down which checks fail each chaff, the quickest that names the defect first."""
    graded = {verdict.case.topic.name for verdict in verdicts}
    # Chaffs that are gone since the last time go.
    found = {topic: {} if topic in graded else known for topic, known in read_killers(root).items()}
    for verdict in verdicts:
        chaff = verdict.case.chaff
        if chaff is not None:
            # The first met every check; those with other seeds only a few.
            found.setdefault(chaff.topic, {}).setdefault(chaff.name, _ranked(verdict, chaff))
    text = json.dumps(found, indent=1, sort_keys=True) + "\n"
    (root / KILLERS).write_text(text, encoding="utf-8")


def _ranked(verdict: "Verdict", chaff: Chaff) -> list[str]:
    lost = {c: o for c, o in verdict.outcomes.items() if o.status is not Status.PASSED}
    parts = set(checks_of(verdict.case.topic, chaff.loses))

    def rank(check: str) -> tuple[bool, bool, float]:
        names = chaff.says.lower() in _all_words(lost[check]).lower()
        return (not names, check not in parts, round(lost[check].seconds))

    return sorted(lost, key=lambda check: (rank(check), check))


def judge(case: Case, outcomes: Mapping[str, Outcome]) -> tuple[str, ...]:
    """What is not as it must be, in words; nothing for a case that is in order."""
    defects = [
        f"{check} was not judged: {o.message}"
        for check, o in outcomes.items()
        if o.status is Status.GRADER_ERROR
    ]
    lost = {c: o for c, o in outcomes.items() if o.status is not Status.PASSED or o.fraction < 1}
    if case.role in ("reference", "wheat"):
        defects += [f"{check}: {o.status}: {_first_line(o)}" for check, o in lost.items()]
    elif case.role == "trivial":
        defects += [f"{check} passes" for check in outcomes if check not in lost]
    elif case.chaff is not None:
        defects += _judge_chaff(case.chaff, case.topic, outcomes, lost)
    return tuple(defects)


def _judge_chaff(
    chaff: Chaff, topic: Topic, outcomes: Mapping[str, Outcome], lost: Mapping[str, Outcome]
) -> list[str]:
    defects = []
    for problem in topic.problems:
        asked = [check.id for check in problem.checks if check.id in outcomes]
        if problem.id in chaff.loses and asked and not any(check in lost for check in asked):
            defects.append(f"loses no point in {problem.id}")
    said = "\n".join(_all_words(outcome) for outcome in lost.values()).lower()
    if chaff.says.lower() not in said:
        defects.append(f"no message says {chaff.says!r}")
    return defects


def _first_line(outcome: Outcome) -> str:
    return outcome.message.splitlines()[0] if outcome.message else ""


def _all_words(outcome: Outcome) -> str:
    found = outcome.counterexample
    return "\n".join([outcome.message, *([found.got, found.expected] if found else [])])


def run(
    wanted: list[Case],
    jobs: int,
    memory: Memory,
    on_verdict: Callable[[Verdict], None] = lambda verdict: None,
    runners: int = 1,
) -> list[Verdict]:
    """Grade every case, `jobs` at a time; `on_verdict` hears of each as it is known.

    `runners` share the checks of one case among them.
    """
    verdicts = []
    with _sessions(jobs, runners) as sessions, ThreadPoolExecutor(jobs) as pool:
        tasks = [pool.submit(_grade, case, sessions, memory) for case in wanted]
        for task in as_completed(tasks):
            case, outcomes, seconds = task.result()
            verdict = Verdict(case, outcomes, judge(case, outcomes), seconds)
            verdicts.append(verdict)
            on_verdict(verdict)
    order = {id(case): number for number, case in enumerate(wanted)}
    return sorted(verdicts, key=lambda verdict: order[id(verdict.case)])


@contextmanager
def _sessions(count: int, runners: int) -> Iterator["queue.SimpleQueue[Session]"]:
    """Sessions of a few runners each; a thread takes one while it grades a case."""
    free: queue.SimpleQueue[Session] = queue.SimpleQueue()
    made = [Session(runners) for _ in range(count)]
    for session in made:
        free.put(session)
    try:
        yield free
    finally:
        for session in made:
            session.close()


def _grade(
    case: Case, sessions: "queue.SimpleQueue[Session]", memory: Memory
) -> tuple[Case, Mapping[str, Outcome], float]:
    known = memory.find(case)
    if known is not None:
        return case, known, 0.0
    session = sessions.get()
    lost: dict[str, Outcome] = {}

    def note(outcome: Outcome) -> None:
        if takes_a_point(outcome):
            lost[outcome.check] = outcome

    try:
        result = session.grade(
            Submission(case.name, case.files),
            load_rubric(),
            {case.topic: case.checks},
            seed=case.seed,
            on_outcome=note,
            stop=(lambda: bool(lost)) if case.until_lost else None,
        )
    finally:
        sessions.put(session)
    outcomes = lost if case.until_lost and lost else result.outcomes
    memory.keep(case, outcomes)
    return case, outcomes, result.seconds


def takes_a_point(outcome: Outcome) -> bool:
    """Whether a check judged, and did not give everything."""
    judged = outcome.status is not Status.GRADER_ERROR
    return judged and (outcome.status is not Status.PASSED or outcome.fraction < 1)


def share_of_checks(verdicts: list[Verdict]) -> float | None:
    """How much of the time that grading took was spent in checks; None when all was remembered."""
    graded = [verdict for verdict in verdicts if verdict.seconds]
    whole = sum(verdict.seconds for verdict in graded)
    checks = sum(o.seconds for verdict in graded for o in verdict.outcomes.values())
    return checks / whole if graded else None


def table(verdicts: list[Verdict]) -> dict[str, CheckRow]:
    """A row per check: its killers, the right submissions that passed it, its seconds."""
    rows = {check: CheckRow() for check in load_rubric().index}
    # With several seeds a chaff comes more than once.
    killers: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for verdict in verdicts:
        for check, outcome in verdict.outcomes.items():
            row = rows[check]
            if verdict.case.role in ("reference", "wheat"):
                row.right += outcome.status is Status.PASSED
                row.seconds.append(outcome.seconds)
            elif verdict.case.role == "chaff" and outcome.status is not Status.PASSED:
                killers[check][verdict.case.name] = None
    for check, names in killers.items():
        rows[check].killers = [*names]
    return rows


def alone(root: Path) -> Mapping[str, int]:
    """How many chaffs each check was the only one to fail, in the last long audit of its topic.

    One with none says nothing that no other says: it is there for a second view or its message.
    """
    chaffs = (checks for topic in read_killers(root).values() for checks in topic.values())
    return Counter(checks[0] for checks in chaffs if len(checks) == 1)


def unkilled(verdicts: list[Verdict], root: Path) -> list[str]:
    """Checks that no chaff fails, now or in the last long audit: nothing shows that they can."""
    topics = {verdict.case.topic.name for verdict in verdicts}
    killing = {check for check, row in table(verdicts).items() if row.killers}
    for chaffs in read_killers(root).values():
        killing |= {check for checks in chaffs.values() for check in checks}
    return [
        check.id
        for check in load_rubric().index.values()
        if check.id.split(".")[0] in topics and check.kind != "manual" and check.id not in killing
    ]


def to_dict(verdicts: list[Verdict]) -> dict[str, Any]:
    """The audit as plain data."""
    return {
        "cases": [
            {
                "topic": v.case.topic.name,
                "role": v.case.role,
                "name": v.case.name,
                "seed": v.case.seed,
                "in_order": not v.defects,
                "defects": list(v.defects),
            }
            for v in verdicts
        ],
        "checks": {
            check: {"killers": row.killers, "right": row.right}
            for check, row in table(verdicts).items()
        },
    }
