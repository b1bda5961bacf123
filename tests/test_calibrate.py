"""Tolerances rest on evidence: what right answers were seen to use of them."""

from dataclasses import replace
from pathlib import Path

import pytest

from grader.author.calibrate import (
    HEADROOM,
    measure,
    read_evidence,
    tight,
    write_evidence,
)
from grader.author.memory import Memory
from grader.rubric import load_rubric

TOPIC = "hw5_mle"


def test_every_check_has_evidence(root: Path) -> None:
    evidence = read_evidence(root)

    without = [
        check.id
        for topic in load_rubric().topics
        for check in topic.checks
        if check.kind not in ("manual", "policy")
        and (topic.name not in evidence or check.id not in evidence[topic.name].checks)
    ]

    assert without == []


def test_no_evidence_is_of_a_check_that_is_gone(root: Path) -> None:
    known = load_rubric().index

    stale = [c for found in read_evidence(root).values() for c in found.checks if c not in known]

    assert stale == []


def test_the_evidence_is_of_all_right_submissions(root: Path) -> None:
    wheats = root / "tests" / "submissions" / "wheats"

    for topic, found in read_evidence(root).items():
        assert found.right == 1 + len(list((wheats / topic).glob("*.py")))
        assert found.seeds >= 50


def test_right_answers_stay_away_from_the_tolerances(root: Path) -> None:
    assert tight(read_evidence(root)) == []


def test_a_tolerance_without_evidence_is_found(root: Path) -> None:
    kept = read_evidence(root)[TOPIC]

    fresh = measure(root, load_rubric().topic(TOPIC), 1, 1, Memory(None))

    for check, shares in fresh.checks.items():
        assert shares.keys() <= kept.checks[check].keys(), check
        for tolerance, share in shares.items():
            assert share <= HEADROOM * max(kept.checks[check][tolerance], 1e-3)


def test_the_file_reads_back_as_it_was_written(root: Path, tmp_path: Path) -> None:
    (tmp_path / "grader" / "checks").mkdir(parents=True)
    kept = read_evidence(root)[TOPIC]
    write_evidence(tmp_path, {TOPIC: kept})
    write_evidence(tmp_path, {"another": replace(kept, seeds=7)})

    back = read_evidence(tmp_path)

    assert back[TOPIC] == kept
    assert back["another"].seeds == 7


@pytest.mark.parametrize(("share", "found"), [(0.49, 0), (0.51, 1)])
def test_a_tight_tolerance_is_named(root: Path, share: float, found: int) -> None:
    kept = read_evidence(root)[TOPIC]
    changed = replace(kept, checks={"hw5_mle.x": {"float64": share, "at most a threshold": 1.0}})

    assert len(tight({TOPIC: changed})) == found
