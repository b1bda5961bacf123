"""Grading from a path to a report: what the command line, a batch and the tests share."""

import importlib.metadata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from grader import __version__
from grader.cache import Cache, Key
from grader.engine.result import Result
from grader.engine.session import Session
from grader.engine.topic_files import modules
from grader.records import Mode, Outcome, Provenance, Report
from grader.reuse import run_the_rest
from grader.rubric import CheckEntry, Chosen, Hidden, Rubric, Topic, checks_hash, load_rubric
from grader.scoring import score
from grader.submission import Submission, read_submission
from grader.tables import manual_item, number, read_rows

# Whatever can change a number: the versions go into the report.
PACKAGES = (
    "numpy",
    "scipy",
    "scikit-learn",
    "torch",
    "torchvision",
    "matplotlib",
    "hypothesis",
    "pytest",
    "ruff",
)


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be graded, and how."""

    path: Path
    assignment: str | None = None
    only: tuple[str, ...] = ()
    seed: int = 0
    mode: Mode = "auto"
    manual: Path | None = None
    first: tuple[str, ...] = ()
    """Checks to run before the others, in this order."""


def grade(
    request: Request,
    session: Session,
    on_outcome: Callable[[Outcome], None] = lambda outcome: None,
    submission: Submission | None = None,
    partial: bool = False,
    cache: Cache | None = None,
    stop: Callable[[], bool] | None = None,
) -> Report:
    """Grade one submission; UsageError when the request or the submission cannot be used.

    With `partial`, an interrupt gives a report of what was done so far. With a `cache`, checks of
    unchanged topics are not run again. When `stop` says true, the run ends with what is known.
    """
    rubric = load_rubric()
    order = {check: number for number, check in enumerate(request.first)}
    chosen = {
        topic: tuple(sorted(checks, key=lambda check: order.get(check, len(order))))
        for topic, checks in rubric.select(request.assignment, request.only).items()
    }
    found = submission or read_submission(request.path)
    manual = read_manual(request.manual, rubric) if request.manual else {}

    def run(wanted: Chosen) -> Result:
        return session.grade(
            found,
            rubric,
            wanted,
            seed=request.seed,
            mode=request.mode,
            replay_name=str(request.path),
            on_outcome=on_outcome,
            partial=partial,
            stop=stop,
        )

    def key(topic: Topic, files_sha256: str) -> Key:
        name, packages = str(request.path), package_versions()
        return Key(topic.name, files_sha256, request.seed, request.mode, name, packages)

    if cache is None:
        result = run(chosen)
    else:
        result = run_the_rest(chosen, rubric, found, cache, key, run, on_outcome)
    return report_of(request, found, result, manual)


def report_of(
    request: Request, found: Submission, result: Result, manual: Mapping[str, float]
) -> Report:
    """The report of a submission whose checks have run; `manual` has what a person gave."""
    rubric = load_rubric()
    chosen = rubric.select(request.assignment, request.only)
    interrupted = ("interrupted: a part of the checks did not run",) if result.interrupted else ()
    return score(
        chosen,
        result.outcomes,
        name=found.name,
        sha256=found.sha256,
        provenance=provenance(request.seed),
        isolation=result.isolation,
        seconds=result.seconds,
        manual=manual,
        remarks=found.remarks
        + _both(chosen, found)
        + interrupted
        + official(rubric, request.assignment, request.only),
    )


def official(rubric: Rubric, assignment: str | None, only: Iterable[str]) -> tuple[str, ...]:
    """In a handout, a sentence on what else runs officially; nothing elsewhere."""
    if not rubric.handout:
        return ()
    wanted = {name.split(".")[0] for name in only}
    topics = [
        topic
        for topic in rubric.topics
        if assignment in (None, topic.assignment)
        and (not wanted or topic.name in wanted)
        and topic.hidden.checks
    ]
    hidden = Hidden(sum(t.hidden.checks for t in topics), sum(t.hidden.points for t in topics))
    beside = "No check is hidden."
    if topics:
        names = "; ".join(f"{topic.name}: {topic.hidden.checks}" for topic in topics)
        beside = f"Only there run {hidden} ({names})."
    return (f"Every check here also runs officially, perhaps on other inputs. {beside}",)


def _both(chosen: Iterable[Topic], found: Submission) -> tuple[str, ...]:
    """A remark for each topic that is there both as a module and as a notebook."""
    return tuple(
        f"{module} and {notebook} are both there: {module} is graded, the notebook is not"
        for module, notebook in map(modules, chosen)
        if module in found.files and notebook in found.files
    )


def wanted_checks(request: Request) -> Sequence[CheckEntry]:
    """The checks that a request will run, for a progress display."""
    rubric = load_rubric()
    chosen = rubric.select(request.assignment, request.only)
    return [rubric.index[name] for names in chosen.values() for name in names]


def provenance(seed: int) -> Provenance:
    """What this machine would grade with."""
    return Provenance(__version__, checks_hash(), seed, package_versions())


@cache
def package_versions() -> Mapping[str, str]:
    """The versions of the packages that can change a number."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "absent"
    return found


def read_manual(path: Path, rubric: Rubric) -> dict[str, float]:
    """Points given by a person: a CSV with the columns `check` and `points`."""
    points = {}
    for where, row in read_rows(path, ("check", "points")):
        entry = manual_item(row["check"], where, rubric.index)
        points[entry.id] = number(row["points"], where, entry.points)
    return points
