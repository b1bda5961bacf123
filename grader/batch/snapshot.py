"""The rubric as a run had it: kept in the gradebook, so that old scores can be derived again."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from grader.batch.gradebook import packed
from grader.rubric import CheckEntry, Problem, Topic
from grader.sandbox.limits import Limits

Chosen = Mapping[Topic, tuple[str, ...]]
"""What `Rubric.select` gives: topics, each with the ids of the checks wanted of it."""


def to_json(chosen: Chosen) -> str:
    """The chosen part of a rubric as JSON."""
    return packed([{"topic": asdict(topic), "checks": ids} for topic, ids in chosen.items()])


def from_json(text: str) -> dict[Topic, tuple[str, ...]]:
    """The chosen part of a rubric back."""
    return {_topic(entry["topic"]): tuple(entry["checks"]) for entry in json.loads(text)}


def sha256(text: str) -> str:
    """The hash that a text is kept under."""
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()


def _topic(data: dict[str, Any]) -> Topic:
    problems = tuple(
        Problem(**{**problem, "checks": tuple(_check(check) for check in problem["checks"])})
        for problem in data["problems"]
    )
    tuples = {name: tuple(data[name]) for name in ("preload", "files")}
    return Topic(**{**data, **tuples, "problems": problems})


def _check(data: dict[str, Any]) -> CheckEntry:
    functions, limits = tuple(data["functions"]), Limits(**data["limits"])
    return CheckEntry(**{**data, "functions": functions, "limits": limits})
