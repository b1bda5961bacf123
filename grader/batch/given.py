"""What a run is given: where the submissions are, who is in the class, and who hides names."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.batch.identity import Pseudonyms, Scrubber
from grader.batch.records import Entry
from grader.batch.roster import Deadline, read_roster


@dataclass(frozen=True, slots=True)
class Given:
    """A class as it was found; with a `scrubber`, names and paths stay out of the gradebook."""

    entries: tuple[Entry, ...]
    remarks: tuple[str, ...] = ()
    scrubber: Scrubber | None = None


@dataclass(frozen=True, slots=True)
class Sources:
    """Where a class is to be found; `key` is the file with the pseudonyms' key."""

    submissions: Sequence[Path]
    class_list: Path | None = None
    deadline: Deadline | None = None
    key: Path | None = None

    def find(self, staging: Path) -> Given:
        """The class. What has to be unpacked or gathered goes into the folder `staging`."""
        roster = read_roster(
            self.submissions, staging=staging, class_list=self.class_list, deadline=self.deadline
        )
        if self.key is None:
            return Given(roster.entries, roster.remarks)
        hidden, scrubber = Pseudonyms.load(self.key).hide(roster)
        return Given(hidden.entries, hidden.remarks, scrubber)
