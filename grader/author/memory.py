"""Outcomes of the author's proofs, kept from one run to the next."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from grader.author.cases import Case
from grader.cache import grader_hash
from grader.engine.outcome_wire import outcome_from_wire, outcome_to_wire
from grader.files import write_whole
from grader.grading import package_versions
from grader.records import Outcome
from grader.submission import Submission

MEMORY = Path(".cache", "audit")
"""Where results are kept in a checkout."""


class Memory:
    """Outcomes kept by a hash of all that can change them; a folder, or nothing at all."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._base = grader_hash() + json.dumps(dict(package_versions()), sort_keys=True)

    def _path(self, case: Case) -> Path | None:
        if self._folder is None:
            return None
        digest = hashlib.sha256(self._base.encode())
        how = [case.topic.name, sorted(case.checks), case.seed, case.until_lost]
        digest.update(json.dumps(how).encode())
        digest.update(Submission("", case.files).sha256.encode())
        return self._folder / f"{digest.hexdigest()}.json"

    def find(self, case: Case) -> dict[str, Outcome] | None:
        """The outcomes of a case that was graded before."""
        path = self._path(case)
        if path is None or not path.is_file():
            return None
        data = json.loads(path.read_text(encoding="utf-8"))
        return {name: outcome_from_wire(outcome) for name, outcome in data.items()}

    def keep(self, case: Case, outcomes: Mapping[str, Outcome]) -> None:
        """Keep the outcomes of a case."""
        path = self._path(case)
        if path is None:
            return
        # Nobody looks at the pictures of an audit, and they are most of an outcome's size.
        data = {name: outcome_to_wire(replace(o, figures=())) for name, o in outcomes.items()}
        write_whole(path, json.dumps(data).encode())
