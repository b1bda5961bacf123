"""The submissions that prove the checks: right ones, wrong ones, and what is right of neither."""

import ast
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal

from grader.author.splice import Chaff, build, read_chaff
from grader.errors import UsageError
from grader.rubric import Topic, load_rubric

Role = Literal["reference", "wheat", "chaff", "trivial", "mutant"]

SHORT = 2
"""Checks that a chaff meets in the short form: one fails it, one may be that with the words."""

KILLERS = Path("tests", "submissions", "killers.json")

# What somebody returns who wants points for nothing: a constant, an argument, noise.
TRIVIAL: Mapping[str, str] = {
    "none": "return None",
    "zero": "return 0.0",
    "one": "return 1.0",
    "empty": "return []",
    "echo": "return args[0] if args else None",
    "echo_last": "return args[-1] if args else None",
    "zeros_like": "return args[0] * 0 if args else None",
    "random": "import random; return random.random()",
}


@dataclass(frozen=True, slots=True)
class Case:
    """One submission of the audit, and the checks that it is graded by."""

    topic: Topic
    role: Role
    name: str
    files: Mapping[str, bytes]
    checks: tuple[str, ...]
    chaff: Chaff | None = None
    seed: int = 0
    until_lost: bool = False
    """Whether grading ends with the first check that takes a point; the others are left out."""


def cases(
    root: Path, *, only: str | None = None, short: bool = True, seeds: tuple[int, ...] = (0,)
) -> list[Case]:
    """The submissions of the audit, in a checkout at `root`.

    In the short form a chaff meets the checks written down first for it, or those of the parts
    where it must lose points if there are none yet; in the long form all checks of its topic.
    With other seeds than the first only checks that draw are asked: of right and trivial ones those
    that they meet anyway, of a chaff those of the short form, so that none is right by luck.
    """
    known = read_killers(root)
    found: list[Case] = []
    reference = {p.name: p.read_bytes() for p in (root / "reference").iterdir() if p.is_file()}
    submissions = root / "tests" / "submissions"
    for topic in load_rubric().named(only):
        wheats = sorted((submissions / "wheats" / topic.name).glob("*.py"))
        found += _right(topic, reference, wheats, seeds)
        for path in sorted((submissions / "chaffs" / topic.name).glob("*.py")):
            killers = tuple(known.get(topic.name, {}).get(path.stem, ()))
            found += _of_chaff(topic, reference, path, killers[:SHORT], short, seeds)
        found += _trivial(topic, seeds)
    return found


def _right(
    topic: Topic, reference: Mapping[str, bytes], wheats: Iterable[Path], seeds: Sequence[int]
) -> Iterator[Case]:
    everything, drawing = _judged(topic), _drawing(topic)
    # A wheat is judged by its code: the trained files beside it are the reference's.
    code = tuple(c.id for c in topic.checks if c.kind not in ("manual", "artifact"))
    for seed in seeds:
        new = set(everything if seed == seeds[0] else drawing)
        wanted = tuple(check for check in everything if check in new)
        yield Case(topic, "reference", "reference", reference, wanted, seed=seed)
        wanted = tuple(check for check in code if check in new)
        for path in wheats:
            files = {**reference, f"{topic.name}.py": path.read_bytes()}
            yield Case(topic, "wheat", path.stem, files, wanted, seed=seed)


def _of_chaff(
    topic: Topic,
    reference: Mapping[str, bytes],
    path: Path,
    killers: tuple[str, ...],
    short: bool,
    seeds: Sequence[int],
) -> Iterator[Case]:
    chaff, file = read_chaff(path), f"{topic.name}.py"
    parts, drawing = checks_of(topic, chaff.loses), _drawing(topic)
    files = {**reference, file: build(reference[file].decode(), chaff).encode()}
    wanted = (killers or parts) if short else _judged(topic)
    yield Case(topic, "chaff", path.stem, files, wanted, chaff)
    again = tuple(check for check in killers if check in drawing and check in parts)
    if again:
        # The first of all has the words. Where it draws nothing it would only say them again.
        other = chaff if again[0] == killers[0] else replace(chaff, says="")
        for seed in seeds[1:]:
            yield Case(topic, "chaff", path.stem, files, again, other, seed)


def _trivial(topic: Topic, seeds: Sequence[int]) -> Iterator[Case]:
    wanted = tuple(c.id for c in topic.checks if c.kind == "property")
    drawing = _drawing(topic)
    for name, body in TRIVIAL.items():
        files = {f"{topic.name}.py": trivial(topic, body).encode()}
        yield Case(topic, "trivial", name, files, wanted)
        again = tuple(check for check in wanted if check in drawing)
        for seed in seeds[1:]:
            yield Case(topic, "trivial", name, files, again, seed=seed)


def read_killers(root: Path) -> dict[str, dict[str, list[str]]]:
    """What the last long audit wrote down: topic, chaff, the checks that fail it."""
    path = root / KILLERS
    if not path.is_file():
        return {}
    found: dict[str, dict[str, list[str]]] = json.loads(path.read_text(encoding="utf-8"))
    return found


def trivial(topic: Topic, body: str) -> str:
    """A module in which every public function is the same few words."""
    names = "\n".join(f"{name} = _answer" for name in topic.functions)
    return f"def _answer(*args, **kwargs):\n    {body}\n\n\n{names}\n"


def _judged(topic: Topic) -> tuple[str, ...]:
    return tuple(c.id for c in topic.checks if c.kind != "manual")


@cache
def _drawing(topic: Topic) -> frozenset[str]:
    """The checks that may draw inputs: those with a decorator, as `@given` is one.

    All others are the same for every seed: it reaches a check through Hypothesis alone.
    """
    tree = ast.parse(topic.module.read_text(encoding="utf-8"))
    return frozenset(
        f"{topic.name}.{node.name.removeprefix('test_')}"
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.decorator_list
    )


def checks_of(topic: Topic, problems: tuple[str, ...]) -> tuple[str, ...]:
    """The checks of some parts, less those that a person makes; UsageError where there are none."""
    found = tuple(
        check.id
        for problem in topic.problems
        if problem.id in problems
        for check in problem.checks
        if check.kind != "manual"
    )
    if not found:
        raise UsageError(
            f"{topic.name}: a chaff loses points in {problems}, which is no part of it"
        )
    return found
