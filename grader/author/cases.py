"""The submissions that prove the checks: right ones, wrong ones, and what is right of neither."""

import ast
import json
from collections.abc import Mapping
from dataclasses import dataclass
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
    Right ones meet their checks with every seed, those that draw nothing with the first alone.
    Wrong ones meet those of the short form with every seed: no seed may let one pass.
    """
    known = read_killers(root)
    found: list[Case] = []
    reference = {p.name: p.read_bytes() for p in (root / "reference").iterdir() if p.is_file()}
    submissions = root / "tests" / "submissions"
    for topic in load_rubric().named(only):
        file = f"{topic.name}.py"
        everything = tuple(c.id for c in topic.checks if c.kind != "manual")
        code, drawing = _without_artifacts(topic), _drawing(topic)
        for seed in seeds:
            new = set(everything if seed == seeds[0] else drawing)
            wanted = tuple(check for check in everything if check in new)
            found.append(Case(topic, "reference", "reference", reference, wanted, seed=seed))
            wanted = tuple(check for check in code if check in new)
            for path in sorted((submissions / "wheats" / topic.name).glob("*.py")):
                files = {**reference, file: path.read_bytes()}
                found.append(Case(topic, "wheat", path.stem, files, wanted, seed=seed))
        for path in sorted((submissions / "chaffs" / topic.name).glob("*.py")):
            chaff = read_chaff(path)
            spliced = build(reference[file].decode(), chaff)
            first = tuple(known.get(topic.name, {}).get(path.stem, [])[:SHORT])
            few = first or checks_of(topic, chaff.loses)
            files = {**reference, file: spliced.encode()}
            found.append(
                Case(topic, "chaff", path.stem, files, few if short else everything, chaff)
            )
            if not drawing.isdisjoint(few):
                found += [
                    Case(topic, "chaff", path.stem, files, few, chaff, seed) for seed in seeds[1:]
                ]
        for name, body in TRIVIAL.items():
            source = trivial(topic, body)
            wanted = tuple(c.id for c in topic.checks if c.kind == "property")
            found.append(Case(topic, "trivial", name, {file: source.encode()}, wanted))
    return found


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


def _without_artifacts(topic: Topic) -> tuple[str, ...]:
    """A wheat is judged by its code: the trained files beside it are the reference's."""
    return tuple(c.id for c in topic.checks if c.kind not in ("manual", "artifact"))


def _drawing(topic: Topic) -> set[str]:
    """The checks that may draw inputs: those with a decorator, as `@given` is one.

    All others are the same for every seed: it reaches a check through Hypothesis alone.
    """
    tree = ast.parse(topic.module.read_text(encoding="utf-8"))
    return {
        f"{topic.name}.{node.name.removeprefix('test_')}"
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.decorator_list
    }


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
