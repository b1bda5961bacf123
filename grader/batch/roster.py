"""Whose submission is whose: one entry for each student, with what is wrong with it.

A student is matched by an id, never by a name. Of several submissions of one student the latest
counts. Late days are counted from the deadline once the grace is over.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from grader.batch.records import Entry
from grader.batch.sources import Handin, find_handins
from grader.batch.students import Person, key, read_students

LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Roster:
    """The entries of a class by student, and remarks on what was found on the way.

    A student of the class list without a submission is an entry with a problem. `people` is the
    class list, empty without one.
    """

    entries: tuple[Entry, ...]
    people: tuple[Person, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a homework is due. A submission within `grace` after it is not late."""

    due: datetime
    grace: timedelta = timedelta(0)

    def late_days(self, submitted_at: datetime) -> float:
        """Days after the deadline, a begun one counted as a whole."""
        if submitted_at <= self.due + self.grace:
            return 0.0
        return float(math.ceil((submitted_at - self.due) / timedelta(days=1)))


def read_roster(
    sources: Sequence[Path],
    *,
    staging: Path,
    class_list: Path | None = None,
    deadline: Deadline | None = None,
) -> Roster:
    """Every student's submission found in `sources`; UsageError when one cannot be used.

    A source is a submission, a folder of them, an export of Gradescope, a download of Canvas, or a
    CSV of cloned repositories. What has to be unpacked or gathered goes into the folder `staging`;
    the sources are never written to.
    """
    people = read_students(class_list) if class_list else ()
    handins, remarks = find_handins(sources, staging)
    whose = {each: person for person in people for each in person.keys}
    known = {key(person.student): person for person in people}
    groups: dict[str, list[Handin]] = {student: [] for student in known}
    for handin in handins:
        person = next((whose[k] for k in map(key, handin.keys) if k in whose), None)
        student = person.student if person else handin.keys[0]
        groups.setdefault(key(student), []).append(handin)
    entries = []
    for student, found in sorted(groups.items()):
        entry, told = _entry(known.get(student), found, deadline, bool(people))
        entries.append(entry)
        remarks += told
    return Roster(tuple(entries), people, tuple(remarks))


def _entry(
    person: Person | None, handins: Sequence[Handin], deadline: Deadline | None, listed: bool
) -> tuple[Entry, list[str]]:
    """One student's entry and remarks; `listed` when there is a class list to be on."""
    if not handins:
        assert person is not None
        return Entry(person.student, person.name, None, problem="nothing handed in"), []
    chosen = _latest(handins)
    student = person.student if person else chosen.keys[0]
    others = [_told(each) for each in handins if each is not chosen]
    remarks = [f"{student}: {_told(chosen)} counts, the latest; not {', '.join(others)}"]
    submitted_at = (person.submitted_at if person else None) or chosen.submitted_at
    if deadline and person and person.deadline:
        deadline = Deadline(person.deadline, deadline.grace)
    problems = [chosen.problem]
    if listed and person is None:
        problems.append("not on the class list")
    if chosen.late and submitted_at is None:
        problems.append("marked late, but the time is not known: give it in the class list")
    entry = Entry(
        student,
        (person.name if person else "") or chosen.name,
        chosen.path,
        submitted_at.isoformat() if submitted_at else "",
        deadline.late_days(submitted_at) if deadline and submitted_at else 0.0,
        "; ".join(filter(None, problems)),
    )
    return entry, remarks if others else []


def _latest(handins: Iterable[Handin]) -> Handin:
    """The latest one; among those whose time is not known, the last one given."""
    numbered = enumerate(handins)
    return max(numbered, key=lambda pair: (pair[1].submitted_at or LONG_AGO, pair[0]))[1]


def _told(handin: Handin) -> str:
    when = handin.submitted_at
    name = handin.path.name if handin.path else "nothing"
    return f"{name} of {when:%Y-%m-%d %H:%M} UTC" if when else f"{name} of an unknown time"
