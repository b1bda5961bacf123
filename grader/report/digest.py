"""What every renderer says of a report: its words, its sentences, which checks to tell in full."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from grader.engine.plain_text import clean
from grader.records import CheckScore, ProblemScore, Report, Status
from grader.scoring import deducted

WORDS = {
    Status.GRADER_ERROR: "grader error",
    Status.VIOLATION: "violation",
    Status.CRASHED: "crashed",
    Status.OUT_OF_MEMORY: "out of memory",
    Status.TIMEOUT: "timeout",
    Status.OUTPUT_LIMIT: "too much output",
    Status.IMPORT_ERROR: "does not load",
    Status.FAILED: "failed",
    Status.REFUSED: "refused",
    Status.NOT_IMPLEMENTED: "not implemented",
    Status.SKIPPED: "skipped",
    Status.PENDING: "pending",
    Status.PASSED: "passed",
}
NOT_FINAL = (
    "Some checks could not be judged through the grader's own fault: this score is not final. It is"
    " no fault of the submission."
)
MAX_TEXT = 128 * 1024
"""More than the limits let one check say; the renderers cut nothing below it."""
MAX_PRINTED = 600
"""Characters of what a check printed; the page and the JSON report have all of it."""

_IN_SHORT = {Status.PASSED, Status.PENDING, Status.NOT_IMPLEMENTED}
_HINT = "\nHint: "


@dataclass(frozen=True, slots=True)
class Unwritten:
    """The functions of a topic that are still to be written, and what is not there at all."""

    topic: str
    functions: tuple[str, ...]
    absent: tuple[str, ...]


def plain(text: str) -> str:
    """Text of a submission without control characters and bidi overrides; lines stay lines."""
    return clean(text, MAX_TEXT)


def one_line(text: str, limit: int = 200) -> str:
    """The same in one line, cut where it is longer than `limit` characters."""
    line = " ".join(plain(text).split())
    return line if len(line) <= limit else line[: limit - 4].rstrip() + " ..."


def by_topic(report: Report) -> list[tuple[str, list[ProblemScore]]]:
    """The parts of each topic, in order."""
    groups = groupby(report.problems, key=lambda problem: problem.topic)
    return [(topic, list(problems)) for topic, problems in groups]


def counts(checks: Iterable[CheckScore]) -> list[tuple[Status, int]]:
    """How many checks have each status that occurs, passed first."""
    found = [check.status for check in checks]
    return [(status, found.count(status)) for status in reversed(Status) if status in found]


def tally(checks: Iterable[CheckScore]) -> str:
    """The same in words: `8 passed, 1 timeout`."""
    return ", ".join(f"{count} {WORDS[status]}" for status, count in counts(checks))


def totals(report: Report) -> str:
    """The score, and the extra credit and pending points beside it."""
    text = f"Score {report.score:g} of {report.max_score:g}" + _taken(report, extra_credit=False)
    if report.max_extra_credit:
        text += f", extra credit {report.extra_credit:g} of {report.max_extra_credit:g}"
        text += _taken(report, extra_credit=True)
    if report.pending:
        text += f", {report.pending:g} points pending (graded by a person)"
    return text


def _taken(report: Report, *, extra_credit: bool) -> str:
    points = deducted(report.deductions, extra_credit=extra_credit)
    return f" ({points:g} deducted)" if points else ""


def deductions(report: Report) -> list[str]:
    """What was taken off, and why: one line each."""
    lines = []
    for found in report.deductions:
        unit = "point" if found.points == 1 else "points"
        where = f"{found.homework}'s extra credit" if found.extra_credit else found.homework
        text = f"{found.points:g} {unit} deducted from {where}: {found.reason}"
        lines.append(one_line(text, 500))
    return lines


def share(points: float, most: float, between: str = " / ") -> str:
    """Points of the most there were: `1.5 / 2`; what has none of its own says so."""
    return f"{points:g}{between}{most:g}" if most else "no points"


def isolation(report: Report) -> str:
    """The level of isolation, and what was missing of it."""
    missing = [name for name, held in report.isolation.layers.items() if not held]
    text = f"isolation {report.isolation.level}"
    return text + (f" (missing: {', '.join(missing)})" if missing else "")


def in_full(checks: Iterable[CheckScore]) -> Iterator[CheckScore]:
    """The checks to tell in full: what went wrong; a module that nothing can read is told once."""
    told: set[tuple[Status, str]] = set()
    for check in checks:
        if check.status in _IN_SHORT:
            continue
        if check.status in (Status.IMPORT_ERROR, Status.REFUSED):
            if (check.status, check.message) in told:
                continue
            told.add((check.status, check.message))
        yield check


def unwritten(report: Report) -> list[Unwritten]:
    """What is still to be written, by topic."""
    found = []
    for topic, problems in by_topic(report):
        checks = [c for p in problems for c in p.checks if c.status is Status.NOT_IMPLEMENTED]
        if checks:
            names = dict.fromkeys(name for check in checks for name in check.functions)
            absent = dict.fromkeys(check.message for check in checks if _tells_absence(check))
            found.append(Unwritten(topic, tuple(names), tuple(absent)))
    return found


def facts(check: CheckScore) -> list[tuple[str, str]]:
    """What is known of a check's result, as names and texts; the first may have no name.

    What it got is left out where the message already begins with it.
    """
    law, hint = split_hint(check.message)
    rows = [("", law), ("hint", hint)]
    found = check.counterexample
    if found is not None:
        got = "" if found.got and law.startswith(found.got) else found.got
        rows += [("call", found.call), ("got", got), ("expected", found.expected)]
        rows.append(("replay", found.replay))
    rows += [("measured", note) for note in check.notes]
    return [(name, text) for name, text in rows if text]


def facts_and_print(check: CheckScore) -> list[tuple[str, str]]:
    """The same, and the last that was printed."""
    printed = check.printed[-MAX_PRINTED:]
    return [*facts(check), *([("printed", printed)] if printed else [])]


def as_text(check: CheckScore) -> str:
    """The facts and the print as plain text; always safe to show."""
    rows = facts_and_print(check)
    return "\n".join(_entry(name, plain(text).strip("\n")) for name, text in rows)


def _entry(name: str, text: str) -> str:
    if not name:
        return text
    if "\n" not in text:
        return f"{name}: {text}"
    return f"{name}:\n" + "\n".join(f"    {line}" for line in text.split("\n"))


def split_hint(message: str) -> tuple[str, str]:
    """A message as the law that was broken, and the hint at a known mistake (or nothing)."""
    law, _, rest = message.partition(_HINT)
    hint, _, more = rest.partition("\n")
    return f"{law}\n{more}" if more else law, hint


def _tells_absence(check: CheckScore) -> bool:
    return " is not in the submission" in check.message or " has no " in check.message
