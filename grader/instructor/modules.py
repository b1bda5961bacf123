"""The modules of a class as texts, for whoever reads code and runs none of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from grader.batch.identity import Pseudonyms
from grader.batch.roster import read_roster
from grader.errors import UsageError
from grader.instructor.similar import source
from grader.submission import read_submission


@dataclass(frozen=True, slots=True)
class Modules:
    """Topic -> student -> text of the module; `submissions` were read, `remarks` tell of others."""

    texts: dict[str, dict[str, str]]
    submissions: int
    remarks: list[str] = field(default_factory=list)


def read_modules(
    sources: Sequence[Path],
    topics: Sequence[str],
    *,
    staging: Path,
    class_list: Path | None = None,
    key: Path | None = None,
) -> Modules:
    """The modules of the topics in a class's submissions.

    With a `key`, students are pseudonyms and their names are taken out of the texts. `staging` is
    a folder for what has to be unpacked.
    """
    roster = read_roster(sources, staging=staging, class_list=class_list)
    scrub: Callable[[str], str] = str
    if key is not None:
        roster, scrubber = Pseudonyms.load(key).hide(roster)
        scrub = scrubber.text
    texts: dict[str, dict[str, str]] = {topic: {} for topic in topics}
    remarks = list(roster.remarks)
    count = 0
    for entry in roster.entries:
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
    return Modules(texts, count, remarks)
