"""The modules of a class as texts, for whoever reads code and runs none of it."""

import io
import tokenize
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.batch.given import Sources
from grader.errors import UsageError
from grader.submission import read_submission


@dataclass(frozen=True, slots=True)
class Modules:
    """Topic -> student -> text of the module; `submissions` were read, `remarks` tell of others."""

    texts: dict[str, dict[str, str]]
    submissions: int
    remarks: tuple[str, ...]


def read_modules(sources: Sources, topics: Sequence[str], staging: Path) -> Modules:
    """The modules of the topics in a class's submissions.

    Where the sources hide names, students are pseudonyms and their names are taken out of the
    texts. `staging` is a folder for what has to be unpacked.
    """
    given = sources.find(staging)
    scrub = given.scrubber.text if given.scrubber else str
    texts: dict[str, dict[str, str]] = {topic: {} for topic in topics}
    remarks = list(given.remarks)
    count = 0
    for entry in given.entries:
        if entry.path is None:
            continue
        try:
            files = read_submission(entry.path).files
        except UsageError as error:
            remarks.append(scrub(f"{entry.student}: {error}"))
            continue
        count += 1
        for topic in topics:
            if (data := files.get(f"{topic}.py")) is not None:
                texts[topic][entry.student] = scrub(source(data))
    return Modules(texts, count, tuple(remarks))


def source(data: bytes) -> str:
    """A module's text as Python reads it, or as UTF-8 where Python would not."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding, "replace")
    except (SyntaxError, LookupError):
        text = data.decode("utf-8", "replace")
    # As the lexer has it: else the marked pieces would be beside what they mark.
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n") + "\n"
