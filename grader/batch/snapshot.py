"""The rubric as a run had it: kept in the gradebook, so that old scores can be derived again."""

import json
from dataclasses import asdict, is_dataclass
from typing import Any, cast, get_args, get_origin, get_type_hints

from grader.batch.canonical import packed
from grader.rubric import Chosen, Topic


def to_json(chosen: Chosen) -> str:
    """The chosen part of a rubric as JSON."""
    return packed([{"topic": asdict(topic), "checks": ids} for topic, ids in chosen.items()])


def from_json(text: str) -> Chosen:
    """The chosen part of a rubric back."""
    return {_made(Topic, entry["topic"]): tuple(entry["checks"]) for entry in json.loads(text)}


def _made(kind: Any, data: Any) -> Any:
    """Plain data as a value of the type `kind`: the rubric's records and tuples are made again."""
    if is_dataclass(kind):
        record, types = cast(type, kind), get_type_hints(kind)
        return record(**{name: _made(types[name], value) for name, value in data.items()})
    if get_origin(kind) is tuple:
        return tuple(_made(get_args(kind)[0], value) for value in data)
    return data
