"""The metadata of Gradescope's "Export Submissions": whose each folder is, and since when.

`submission_metadata.yml` is written by Ruby on Rails. Its keys are symbols, `:submitters:` and
`:created_at:`; a time may be an object of Rails, whose part `utc` is the time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import yaml

from grader.batch.students import parse_time
from grader.errors import UsageError

METADATA = "submission_metadata.yml"


@dataclass(frozen=True, slots=True)
class Exported:
    """One folder of the export. `submitters` are ids (student id, then email) and names."""

    folder: str
    submitters: tuple[tuple[tuple[str, ...], str], ...]
    created_at: datetime | None


class _Loader(yaml.CSafeLoader):
    """Plain data, and Ruby's objects as the mappings that they are written as."""


def _as_mapping(loader: _Loader, _tag: str, node: yaml.Node) -> object:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node)  # type: ignore[arg-type]


_Loader.add_multi_constructor("!ruby/", _as_mapping)


def read_metadata(path: Path) -> list[Exported]:
    """The folders that the file tells of, in its order; UsageError when it is damaged."""
    try:
        with path.open("rb") as file:
            found = yaml.load(file, _Loader)  # a safe loader: it makes plain data only
        if not isinstance(found, Mapping):
            raise TypeError("it is no mapping of folders")
        return [_exported(str(folder), parts, path) for folder, parts in found.items()]
    except (OSError, yaml.YAMLError, TypeError, AttributeError) as error:
        raise UsageError(f"{path} cannot be read: {error}; export the submissions anew") from error


def _exported(folder: str, parts: Mapping[str, Any], path: Path) -> Exported:
    if Path(folder).name != folder or folder in ("", ".", ".."):
        raise TypeError(f"{folder!r} is no folder's name")
    submitters = []
    for each in parts.get(":submitters") or ():
        ids = (str(each.get(name) or "").strip() for name in (":sid", ":email"))
        keys = tuple(one for one in ids if one)
        name = str(each.get(":name") or "").strip()
        if keys or name:
            submitters.append((keys or (name,), name))
    return Exported(folder, tuple(submitters), _time(parts.get(":created_at"), f"{path}: {folder}"))


def _time(value: object, where: str) -> datetime | None:
    if isinstance(value, Mapping):
        value = value.get("utc", value.get(":utc"))
    if isinstance(value, datetime):
        # YAML times without a zone are in UTC.
        return value.replace(tzinfo=value.tzinfo or UTC).astimezone(UTC)
    if isinstance(value, date) or value is None:
        return None
    return parse_time(str(value), where)
