"""The evidence for tolerances: how much of each the right answers use up.

The reference and the wheats of a topic, which compute the same thing in other ways, in other
precisions and orders, are graded with several seeds. For every check the largest share of each
tolerance that any of them used is kept in a file beside the checks, with the date, the seeds and
the versions of the packages; a tolerance nobody has measured has no line there, and a test fails.

What a tolerance must still catch is shown by the audit: every chaff exceeds it.
"""

import datetime
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.author.audit import Verdict, run
from grader.author.cases import cases
from grader.author.memory import Memory
from grader.errors import UsageError
from grader.grading import package_versions
from grader.records import Status
from grader.rubric import Topic

EVIDENCE = Path("grader", "checks", "evidence.json")
HEADROOM = 2.0
"""Right answers of another machine or library may differ twice as much as any that were seen."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was measured for one topic."""

    date: str
    seeds: int
    right: int
    packages: Mapping[str, str]
    checks: Mapping[str, Mapping[str, float]]
    """Check -> tolerance, by its reason -> the largest share used, in [0, 1]."""


def measure(
    root: Path,
    topic: Topic,
    seeds: int,
    jobs: int,
    memory: Memory,
    on_verdict: Callable[[Verdict], None] = lambda verdict: None,
) -> Evidence:
    """Grade the right submissions of a topic and gather the shares of its tolerances.

    UsageError when one of them loses a point: then there is something to mend first.
    """
    wanted = [
        case
        for case in cases(root, only=topic.name, seeds=tuple(range(seeds)))
        if case.role in ("reference", "wheat")
    ]
    verdicts = run(wanted, jobs, memory, on_verdict)
    used: dict[str, dict[str, float]] = {c.id: {} for c in topic.checks if c.kind != "manual"}
    for verdict in verdicts:
        for check, outcome in verdict.outcomes.items():
            if outcome.status is not Status.PASSED:
                name = f"{verdict.case.name}, seed {verdict.case.seed}"
                raise UsageError(f"{name} loses {check}: mend that first\n{outcome.message}")
            shares = used[check]
            for tolerance, share in outcome.used.items():
                shares[tolerance] = max(share, shares.get(tolerance, 0.0))
    return Evidence(
        date=datetime.date.today().isoformat(),
        seeds=seeds,
        right=len({verdict.case.name for verdict in verdicts}),
        packages=package_versions(),
        checks={check: dict(sorted(shares.items())) for check, shares in used.items()},
    )


def read_evidence(root: Path) -> dict[str, Evidence]:
    """The evidence that is kept, by topic."""
    path = root / EVIDENCE
    if not path.is_file():
        return {}
    data: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return {topic: Evidence(**found) for topic, found in data.items()}


def write_evidence(root: Path, found: Mapping[str, Evidence]) -> None:
    """Put new evidence in the place of that of the same topics."""
    kept = {**read_evidence(root), **found}
    plain = {
        topic: {
            "date": evidence.date,
            "seeds": evidence.seeds,
            "right": evidence.right,
            "packages": dict(evidence.packages),
            "checks": {
                check: {tolerance: float(f"{share:.2g}") for tolerance, share in shares.items()}
                for check, shares in evidence.checks.items()
            },
        }
        for topic, evidence in sorted(kept.items())
    }
    (root / EVIDENCE).write_text(json.dumps(plain, indent=1) + "\n", encoding="utf-8")


def tight(found: Mapping[str, Evidence]) -> list[tuple[str, str, float]]:
    """Tolerances with less than the wanted headroom: check, tolerance, share used."""
    return [
        (check, tolerance, share)
        for evidence in found.values()
        for check, shares in evidence.checks.items()
        for tolerance, share in shares.items()
        if share * HEADROOM > 1 and "threshold" not in tolerance
    ]
