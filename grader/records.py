"""Frozen records that travel from the checks to the score and the reports."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from grader.figures import Figure

Kind = Literal["property", "benchmark", "artifact", "policy", "plot", "manual"]
Visibility = Literal["public", "hidden"]
Mode = Literal["auto", "strict", "process", "none"]
"""How much isolation is asked for: `strict` wants every layer, `auto` one that confines, `process`
none of these; with `none` there is not even a process."""


class Status(StrEnum):
    """The closed set of outcomes of a check, in the order in which reports list them."""

    GRADER_ERROR = "grader_error"
    VIOLATION = "violation"
    CRASHED = "crashed"
    OUT_OF_MEMORY = "out_of_memory"
    TIMEOUT = "timeout"
    OUTPUT_LIMIT = "output_limit"
    IMPORT_ERROR = "import_error"
    FAILED = "failed"
    REFUSED = "refused"
    NOT_IMPLEMENTED = "not_implemented"
    SKIPPED = "skipped"
    PENDING = "pending"
    PASSED = "passed"


@dataclass(frozen=True, slots=True)
class Counterexample:
    """The smallest failing input found: the calls made with it, and what came of them."""

    call: str
    got: str
    expected: str
    replay: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one check found.

    `fraction` is the share of the check's points that was earned, in [0, 1]; only a check that
    passed can earn any. `notes` are numbers measured on the way, for example an accuracy, and
    `figures` pictures for the reports that can show them; `used` is the largest share of each
    tolerance that an accepted answer used up, which `grader calibrate` gathers.
    """

    check: str
    status: Status
    fraction: float = 0.0
    message: str = ""
    counterexample: Counterexample | None = None
    notes: tuple[str, ...] = ()
    printed: str = ""
    seconds: float = 0.0
    figures: tuple[Figure, ...] = ()
    used: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Isolation:
    """The isolation that a run had: which layers held when they were probed.

    `level` is "full" (every layer), "kernel" (all but namespaces), "partial", or "none" where
    neither namespaces, Landlock nor seccomp confine a submission.
    """

    level: Literal["full", "kernel", "partial", "none"]
    layers: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a score depends on besides the submission."""

    version: str
    checks_sha256: str
    seed: int
    packages: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CheckScore:
    """One check's outcome with the points that the rubric gives for it."""

    id: str
    title: str
    kind: Kind
    functions: tuple[str, ...]
    status: Status
    points: float
    max_points: float
    seconds: float
    message: str
    counterexample: Counterexample | None
    visibility: Visibility
    notes: tuple[str, ...] = ()
    printed: str = ""
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class ProblemScore:
    """A part of an assignment: its checks and their sum. Manual points are in `max_points`."""

    id: str
    topic: str
    title: str
    points: float
    max_points: float
    extra_credit: bool
    checks: tuple[CheckScore, ...]


@dataclass(frozen=True, slots=True)
class Deduction:
    """Points that broken policies took off a homework, or off its extra credit."""

    homework: str
    points: float
    extra_credit: bool
    checks: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """The result of grading one submission: what every renderer reads.

    `score` of `max_score` is what a program graded; extra credit and pending manual points stand
    beside it. Deductions are off the score and the extra credit already, and in no part's points.
    """

    submission: str
    submission_sha256: str
    provenance: Provenance
    isolation: Isolation
    problems: tuple[ProblemScore, ...]
    score: float
    max_score: float
    extra_credit: float
    max_extra_credit: float
    pending: float
    seconds: float
    remarks: tuple[str, ...] = field(default=())
    deductions: tuple[Deduction, ...] = ()

    @property
    def checks(self) -> tuple[CheckScore, ...]:
        """Every check, in order."""
        return tuple(check for problem in self.problems for check in problem.checks)
