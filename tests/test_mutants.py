"""Automatic mutants: what is edited, whom it meets, and what is counted."""

from pathlib import Path

import pytest

from grader.author.audit import run, takes_a_point
from grader.author.cases import Case, checks_of, trivial
from grader.author.memory import Memory
from grader.author.mutants import (
    Mutant,
    Tally,
    grade_mutants,
    killed,
    mutants,
    read_equivalent,
    survives,
    tally,
)
from grader.errors import UsageError
from grader.records import Outcome, Status
from grader.rubric import load_rubric

SOURCE = '''"""A module."""


def larger(a: int, b: int = 1 - 1) -> bool:
    """Whether a > b."""
    return a > b
'''


def edits(source: str) -> set[str]:
    return {mutant.name for mutant in mutants(source)}


def test_a_mutant_is_one_plausible_slip_named_without_its_line() -> None:
    found = list(mutants(SOURCE))

    assert "larger: return a > b -> return a >= b" in edits(SOURCE)
    assert "larger: return a > b -> return a < b" in edits(SOURCE)
    assert all(mutant.source != SOURCE and mutant.line in (4, 6) for mutant in found)
    assert edits("\n\n" + SOURCE) == edits(SOURCE)


def test_no_mutant_changes_words_or_annotations_alone_and_none_is_there_twice() -> None:
    found = list(mutants("x: 1 + 1 = 2\n'a > b'\n"))

    assert {mutant.before for mutant in found} == {"x: 1 + 1 = 2"}
    assert all(not mutant.source.startswith("x: 1 - 1 = 2") for mutant in found)
    assert len({mutant.source for mutant in found}) == len(found)


def mutant(function: str, after: str) -> Mutant:
    return Mutant(function, 1, "a", after, "")


def test_the_tally_leaves_out_what_nobody_can_tell_from_the_reference() -> None:
    graded = [
        (mutant("f", "killed"), False),
        (mutant("f", "survivor"), True),
        (mutant("f", "same"), True),
        (mutant("g", "killed"), False),
    ]

    rows = tally("topic", graded, frozenset({"f: a -> same"}))

    assert rows == [
        Tally("topic", "f", 3, 1, ("f: a -> survivor",)),
        Tally("topic", "g", 1, 0, ()),
    ]
    assert [killed([row]) for row in rows] == [0.5, 1.0]
    assert killed(rows) == pytest.approx(2 / 3)
    assert killed([]) == 1.0


def test_whoever_loses_a_part_of_a_check_does_not_survive() -> None:
    whole = Outcome("c", Status.PASSED, 1.0)

    assert survives({"c": whole})
    assert not survives({"c": whole, "d": Outcome("d", Status.PASSED, 0.5)})
    assert not survives({"c": whole, "d": Outcome("d", Status.FAILED)})
    assert survives({"c": whole, "d": Outcome("d", Status.GRADER_ERROR)})


def test_the_first_check_that_takes_a_point_is_the_last() -> None:
    topic = load_rubric().topic("hw5_mle")
    checks = checks_of(topic, tuple(problem.id for problem in topic.problems))
    files = {"hw5_mle.py": trivial(topic, "return None").encode()}

    (verdict,) = run(
        [Case(topic, "mutant", "none", files, checks, until_lost=True)], 1, Memory(None)
    )

    assert 1 <= len(verdict.outcomes) < len(checks)
    assert all(map(takes_a_point, verdict.outcomes.values()))


def test_an_equivalent_mutant_needs_its_reason(tmp_path: Path) -> None:
    path = tmp_path / "tests" / "submissions" / "equivalent_mutants.toml"
    path.parent.mkdir(parents=True)

    assert read_equivalent(tmp_path, "topic") == frozenset()
    path.write_text('[[topic]]\nmutant = "f: a -> b"\nreason = "both are zero"\n')
    assert read_equivalent(tmp_path, "topic") == {"f: a -> b"}
    path.write_text('[[topic]]\nmutant = "f: a -> b"\n')
    with pytest.raises(UsageError, match="no reason is given for 'f: a -> b'"):
        read_equivalent(tmp_path, "topic")


@pytest.mark.slow
def test_the_mutants_of_a_reference_lose_points(root: Path) -> None:
    topic = load_rubric().topic("hw5_mle")

    graded = grade_mutants(root, topic, 2, Memory(None))

    rows = tally(topic.name, graded, read_equivalent(root, topic.name))
    assert {row.function for row in rows} == set(topic.functions)
    assert killed(rows) >= 0.97
