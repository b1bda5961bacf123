"""Submissions that give the same wrong answer to the same input: one misconception, n students."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from grader.records import Counterexample
from grader.report.digest import split_hint

FEWEST = 2
"""A wrong answer that only one student gives is no pattern."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A check's smallest failing input for one student's submission."""

    student: str
    check: str
    title: str
    functions: tuple[str, ...]
    message: str
    counterexample: Counterexample


@dataclass(frozen=True, slots=True)
class Misconception:
    """A wrong answer that several students give.

    `checks` are ids and titles of the checks that it fails; the call, what it got and what was
    expected are those of the first of them. `hint` is the check's own guess at the mistake.
    """

    students: tuple[str, ...]
    functions: tuple[str, ...]
    checks: tuple[tuple[str, str], ...]
    call: str
    got: str
    expected: str
    law: str
    hint: str


def group(findings: Iterable[Finding]) -> tuple[Misconception, ...]:
    """The misconceptions, the most common first.

    Two findings belong together when a check fails with the same call and the same wrong output.
    Where the same students fail several checks that share a function, it is told once.
    """
    same: dict[tuple[str, str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        found = finding.counterexample
        # Without an output there is a law that was broken, and its words tell by how much.
        same[finding.check, found.call, found.got or finding.message].append(finding)
    told: dict[frozenset[str], list[list[Finding]]] = defaultdict(list)
    for members in same.values():
        students = frozenset(member.student for member in members)
        if len(students) >= FEWEST:
            _join(told[students], members[0])
    made = [
        _misconception(students, found) for students, groups in told.items() for found in groups
    ]
    return tuple(sorted(made, key=lambda one: (-len(one.students), one.checks)))


def _join(groups: list[list[Finding]], finding: Finding) -> None:
    """Put a finding to the first group whose checks judge one of its functions too."""
    for group in groups:
        if any(set(finding.functions) & set(other.functions) for other in group):
            group.append(finding)
            return
    groups.append([finding])


def _misconception(students: frozenset[str], findings: list[Finding]) -> Misconception:
    first = findings[0]
    law, hint = split_hint(first.message)
    return Misconception(
        students=tuple(sorted(students)),
        functions=tuple(dict.fromkeys(name for one in findings for name in one.functions)),
        checks=tuple((finding.check, finding.title) for finding in findings),
        call=first.counterexample.call,
        got=first.counterexample.got,
        expected=first.counterexample.expected,
        law=law,
        hint=hint,
    )
