"""Submissions as they lie in a folder: a folder, zip or tar for each student, named by the id."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.batch.records import Entry
from grader.errors import UsageError

ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")


def entries(sources: Sequence[Path]) -> Iterator[Entry]:
    """The hand-ins in the folders `sources`, by name; a source that is an archive is one itself."""
    for source in sources:
        if source.is_file():
            yield Entry(_stem(source), "", source)
        elif source.is_dir():
            for path in sorted(source.iterdir()):
                if not path.name.startswith(".") and (path.is_dir() or _archive(path)):
                    yield Entry(_stem(path), "", path)
        else:
            raise UsageError(f"{source} does not exist: give a folder with the submissions")


def _archive(path: Path) -> bool:
    return path.name.endswith(ARCHIVES)


def _stem(path: Path) -> str:
    suffix = next((suffix for suffix in ARCHIVES if path.name.endswith(suffix)), "")
    return path.name.removesuffix(suffix)
