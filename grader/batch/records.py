"""Frozen records of a class: what was handed in, what a run was, what was found."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from grader.records import Isolation, Mode, Outcome

RunKind = Literal["batch", "regrade"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One student's hand-in as it was found, before anything of it is read.

    There is one entry for each student: who finds several hand-ins of one student picks the one
    that counts. `student` is the id that the gradebook knows the student by (a pseudonym, where
    names are kept apart), `name` the person's name or "". `path` is a folder, a zip or a tar, or
    None where there is nothing to grade. `submitted_at` is ISO 8601 in UTC, "" if unknown.
    `late_days` are those that the late policy counts, at least 0. `problem` is what a person has
    to look at, and says why where there is no path.
    """

    student: str
    name: str
    path: Path | None
    submitted_at: str = ""
    late_days: float = 0.0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a gradebook is for: an assignment, or some of its checks, and with names or without."""

    assignment: str | None = None
    only: tuple[str, ...] = ()
    pseudonymous: bool = False


@dataclass(frozen=True, slots=True)
class Student:
    """Someone in the class; `name` is "" where names are kept apart."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class HandIn:
    """What counts for a student: the newest hand-in that a run was given.

    `submission` is the key of the graded files in the gradebook and `sha256` their hash; both are
    None where there is nothing to grade, and `problem` says why. A submission that is graded may
    have a problem too, for a person to look at. `path` is "" where it was not kept. `late_days`
    has a person's correction in it.
    """

    student: str
    run: int
    submission: int | None
    sha256: str | None
    path: str
    submitted_at: str
    late_days: float
    problem: str
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conditions:
    """All that an outcome depends on besides the submission, as hashes.

    `check` is the code of the check and of what it uses, `rubric` the part of its rubric entry
    that can change an outcome (points, titles and visibility cannot), `packages` the versions of
    the grader and of the libraries.
    """

    check: str
    rubric: str
    seed: int
    packages: str


@dataclass(frozen=True, slots=True)
class StoredOutcome:
    """An outcome with what it was found under, by which run, and when (ISO 8601, UTC)."""

    outcome: Outcome
    conditions: Conditions
    isolation: Isolation
    run: int
    at: str


@dataclass(frozen=True, slots=True)
class Run:
    """One call of `grader batch` or `grader regrade`; `finished_at` is "" if it was cut off."""

    id: int
    kind: RunKind
    started_at: str
    finished_at: str
    seed: int
    mode: Mode
    engine: str
    version: str
    checks_sha256: str
    packages: Mapping[str, str]
    rubric_sha256: str


@dataclass(frozen=True, slots=True)
class ManualScore:
    """Points that a person gave for a manual item; the newest one for an item counts."""

    student: str
    check: str
    points: float
    note: str
    at: str


@dataclass(frozen=True, slots=True)
class Floor:
    """What a student keeps whatever later runs give: the score when `run` began."""

    student: str
    score: float
    extra_credit: float
    run: int
