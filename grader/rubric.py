"""The rubric: what is graded, for how many points, within which limits.

One TOML file per topic stands beside the topic's checks; `rubric.toml` beside them lists the
assignments and their topics in order. A rubric that contradicts itself does not load.

A handout's rubric says `handout = true`. It has no hidden check, and no calibration note; instead
each part that lost checks has a table `hidden` with their number and points.
"""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any, get_args

from grader.errors import RubricError, UsageError
from grader.records import Kind, Visibility
from grader.sandbox.limits import Limits

CHECKS = Path(__file__).parent / "checks"
DEFAULT_EXAMPLES = 50


@dataclass(frozen=True, slots=True)
class CheckEntry:
    """One check as the rubric has it."""

    id: str
    title: str
    kind: Kind
    functions: tuple[str, ...]
    points: float
    visibility: Visibility
    examples: int
    repeat: bool
    limits: Limits
    thresholds: Mapping[str, Any]
    calibration: str
    tolerance: str
    rules: Mapping[str, Any] = field(default_factory=dict)
    deduction: float = 0.0


@dataclass(frozen=True, slots=True)
class Hidden:
    """The hidden checks that a handout left out: how many, and for how many points."""

    checks: int = 0
    points: float = 0.0

    def __str__(self) -> str:
        """In words: "2 hidden checks, 3 points"."""
        checks = "check" if self.checks == 1 else "checks"
        points = "point" if self.points == 1 else "points"
        return f"{self.checks} hidden {checks}, {self.points:g} {points}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One part of an assignment, with its checks."""

    id: str
    label: str
    title: str
    points: float
    extra_credit: bool
    checks: tuple[CheckEntry, ...]
    hidden: Hidden = Hidden()
    """What is left out here: nothing, but in a handout."""


@dataclass(frozen=True, slots=True, eq=False)
class Topic:
    """One module of an assignment; `max_deduction` is what policies may take off all of that.

    `preload` are the libraries that its workers have from the start; `preload_if_named` those that
    they have when a submission names them, since importing them takes time.
    """

    name: str
    assignment: str
    title: str
    preload: tuple[str, ...]
    functions: Mapping[str, str]
    problems: tuple[Problem, ...]
    files: tuple[str, ...] = ()
    max_deduction: float = 0.0
    preload_if_named: tuple[str, ...] = ()

    @property
    def checks(self) -> tuple[CheckEntry, ...]:
        """All checks of the topic, in order."""
        return tuple(check for problem in self.problems for check in problem.checks)

    @property
    def hidden(self) -> Hidden:
        """What a handout left out of the whole topic."""
        parts = [problem.hidden for problem in self.problems]
        return Hidden(sum(p.checks for p in parts), sum(p.points for p in parts))

    @property
    def module(self) -> Path:
        """The file with the topic's checks."""
        return CHECKS / f"{self.name}.py"

    def label(self, function: str) -> str:
        """The task that a function belongs to, for example "HW2 Q1 (b)"."""
        wanted = self.functions[function]
        return next(problem.label for problem in self.problems if problem.id == wanted)


Chosen = dict[Topic, tuple[str, ...]]
"""Topics, each with the ids of the checks wanted of it."""


@dataclass(frozen=True, slots=True)
class Rubric:
    """Every topic, in the order of the assignments."""

    assignments: Mapping[str, str]
    topics: tuple[Topic, ...]
    index: Mapping[str, CheckEntry] = field(repr=False)
    handout: bool = False

    def topic(self, name: str) -> Topic:
        """The topic of that name; `UsageError` naming the near ones."""
        for topic in self.topics:
            if topic.name == name:
                return topic
        names = ", ".join(topic.name for topic in self.topics)
        raise UsageError(f"there is no topic {name}; the topics are {names}")

    def named(self, name: str | None) -> tuple[Topic, ...]:
        """The topic of that name alone, or all of them without a name."""
        return self.topics if name is None else (self.topic(name),)

    def select(self, assignment: str | None, only: Iterable[str]) -> Chosen:
        """The topics to grade, each with the ids of the checks wanted of it.

        `only` names topics, problems ("hw2_least_squares.b") or checks; `UsageError` for a name
        that is none of them.
        """
        wanted = list(only)
        if assignment is not None and assignment not in self.assignments:
            names = ", ".join(self.assignments)
            raise UsageError(f"there is no assignment {assignment}; there are {names}")
        chosen: Chosen = {}
        used: set[str] = set()
        for topic in self.topics:
            if assignment not in (None, topic.assignment):
                continue
            ids = []
            for problem in topic.problems:
                for check in problem.checks:
                    matched = {topic.name, f"{topic.name}.{problem.id}", check.id} & set(wanted)
                    used |= matched
                    if matched or not wanted:
                        ids.append(check.id)
            if ids:
                chosen[topic] = tuple(ids)
        unknown = [name for name in wanted if name not in used]
        if unknown:
            raise UsageError(_no_such(unknown[0], self))
        return chosen


def _no_such(name: str, rubric: Rubric) -> str:
    import difflib

    known = [topic.name for topic in rubric.topics] + list(rubric.index)
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"; did you mean {near[0]}?" if near else "; `grader checks` lists them"
    return f"--only {name} is no topic or check here{hint}"


def assignment_titles(folder: Path = CHECKS) -> dict[str, str]:
    """The assignments' titles by id, from the listing alone; `RubricError` when it is damaged."""
    return _titles(_read(folder / "rubric.toml"))


@cache
def load_rubric(folder: Path = CHECKS) -> Rubric:
    """The rubric in `folder`; `RubricError` when it contradicts itself."""
    top = _read(folder / "rubric.toml")
    _must_be_known("rubric", "rubric.toml", top)
    assignments = _titles(top)
    try:
        listed = [(entry, name) for entry in top["assignment"] for name in entry["topics"]]
    except KeyError as error:
        raise RubricError(f"rubric.toml: the key {error} is missing") from error
    defaults, handout = top.get("limits", {}), top.get("handout", False)
    topics = []
    for entry, name in listed:
        _must_be_known("assignment", "rubric.toml", entry)
        try:
            topics.append(_topic(folder / f"{name}.toml", entry, defaults, handout))
        except KeyError as error:
            raise RubricError(f"{name}.toml: the key {error} is missing") from error
    index: dict[str, CheckEntry] = {}
    for topic in topics:
        for check in topic.checks:
            if check.id in index:
                raise RubricError(f"{check.id} is there twice")
            index[check.id] = check
    return Rubric(assignments, tuple(topics), index, handout)


def checks_hash(folder: Path = CHECKS) -> str:
    """A hash of everything in the checks' folder that can change a score."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".py", ".toml"):
            name = path.relative_to(folder).as_posix()
            digest.update(name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise RubricError(f"{path.name}: {error}") from error


_KEYS = {
    "rubric": {"assignment", "limits", "handout"},
    "assignment": {"id", "title", "topics", "max_deduction"},
    "file": {"topic", "problem"},
    "topic": {"assignment", "title", "preload", "preload_if_named", "functions", "files"},
    "problem": {"id", "label", "title", "points", "extra_credit", "check", "hidden"},
    "check": {part.name for part in fields(CheckEntry)} - {"id"} | {"name"},
    "limits": {part.name for part in fields(Limits)},
}


def _must_be_known(table: str, where: str, data: Mapping[str, Any]) -> None:
    """A misspelt key would be the default in its place."""
    odd = sorted(set(data) - _KEYS[table])
    if odd:
        raise RubricError(f"{where}: unknown keys {odd} in a table `{table}`")


def _titles(top: Mapping[str, Any]) -> dict[str, str]:
    try:
        return {entry["id"]: entry["title"] for entry in top["assignment"]}
    except KeyError as error:
        raise RubricError(f"rubric.toml: the key {error} is missing") from error


def _topic(
    path: Path, homework: Mapping[str, Any], defaults: Mapping[str, Any], handout: bool
) -> Topic:
    data = _read(path)
    _must_be_known("file", path.name, data)
    head = data["topic"]
    _must_be_known("topic", path.name, head)
    assignment, most = homework["id"], float(homework.get("max_deduction", 0))
    if head["assignment"] != assignment:
        raise RubricError(f"{path.name} says {head['assignment']}, rubric.toml says {assignment}")
    functions = dict(head.get("functions", {}))
    parts = _Parts(path.stem, tuple(functions), defaults, handout)
    problems = tuple(parts.problem(entry) for entry in data["problem"])
    unknown = set(functions.values()) - {problem.id for problem in problems}
    if unknown:
        raise RubricError(f"{path.name}: functions of problems that are not there: {unknown}")
    costly = [c.id for p in problems for c in p.checks if c.deduction > most]
    if costly:
        raise RubricError(f"{costly[0]} takes off more than {assignment}'s max_deduction, {most:g}")
    return Topic(
        name=path.stem,
        assignment=assignment,
        title=head["title"],
        preload=tuple(head.get("preload", ())),
        functions=functions,
        problems=problems,
        files=tuple(head.get("files", ())),
        max_deduction=most,
        preload_if_named=tuple(head.get("preload_if_named", ())),
    )


@dataclass(frozen=True, slots=True)
class _Parts:
    """Reads the problems and checks of one topic, given what is said above them."""

    topic: str
    functions: tuple[str, ...]
    limits: Mapping[str, Any]
    handout: bool

    def problem(self, data: Mapping[str, Any]) -> Problem:
        where = f"{self.topic}.{data['id']}"
        _must_be_known("problem", where, data)
        checks = tuple(self.check(entry) for entry in data.get("check", ()))
        counted = data.get("hidden", {})
        if counted and (not self.handout or set(counted) != {"checks", "points"}):
            raise RubricError(f"{where}: `hidden` is for a handout, with `checks` and `points`")
        hidden = Hidden(**counted)
        total = sum(check.points for check in checks) + hidden.points
        if abs(total - data["points"]) > 1e-9:
            raise RubricError(
                f"{where}: its checks give {total:g} points, it has {data['points']:g}"
            )
        return Problem(
            id=data["id"],
            label=data["label"],
            title=data["title"],
            points=float(data["points"]),
            extra_credit=bool(data.get("extra_credit", False)),
            checks=checks,
            hidden=hidden,
        )

    def check(self, data: Mapping[str, Any]) -> CheckEntry:
        where = f"{self.topic}.{data.get('name', '?')}"
        _must_be_known("check", where, data)
        kind, visibility = data["kind"], data.get("visibility", "public")
        if kind not in get_args(Kind) or visibility not in get_args(Visibility):
            raise RubricError(f"{where}: kind {kind!r} or visibility {visibility!r} is not known")
        if self.handout and visibility == "hidden":
            raise RubricError(f"{where}: a handout has no hidden check")
        limits = {**self.limits, **data.get("limits", {})}
        _must_be_known("limits", where, limits)
        if data.get("thresholds") and not data.get("calibration") and not self.handout:
            raise RubricError(f"{where}: thresholds without a calibration note")
        rules, deduction = data.get("rules", {}), float(data.get("deduction", 0))
        if (rules or deduction) and kind != "policy":
            raise RubricError(f"{where}: only a policy has rules or a deduction")
        if deduction < 0 or (deduction and visibility == "hidden"):
            raise RubricError(f"{where}: a deduction is 0 or more, and public: it tells its reason")
        return CheckEntry(
            id=where,
            title=data["title"],
            kind=kind,
            # A policy that names no functions is about all of them.
            functions=tuple(data.get("functions", self.functions if kind == "policy" else ())),
            points=float(data["points"]),
            visibility=visibility,
            examples=int(data.get("examples", DEFAULT_EXAMPLES)),
            repeat=bool(data.get("repeat", kind == "property")),
            limits=Limits(**limits),
            thresholds=data.get("thresholds", {}),
            calibration=data.get("calibration", ""),
            tolerance=data.get("tolerance", ""),
            rules=rules,
            deduction=deduction,
        )
