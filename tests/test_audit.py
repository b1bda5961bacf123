"""The audit: what it asks of right and wrong submissions, and the submissions themselves."""

import importlib
import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from grader.author import audit
from grader.author.audit_table import print_audit
from grader.author.cases import KILLERS, TRIVIAL, Case, Role, cases, read_killers
from grader.author.memory import Memory
from grader.author.splice import build, read_chaff, splice, without_comments
from grader.records import Outcome, Status
from grader.rubric import Topic, load_rubric

TOPICS = load_rubric().topics
RIGHT = ("reference", "wheat")


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_every_topic_has_its_right_and_wrong_answers(root: Path, topic: Topic) -> None:
    submissions = root / "tests" / "submissions"

    assert len(list((submissions / "wheats" / topic.name).glob("*.py"))) >= 4
    assert len(list((submissions / "chaffs" / topic.name).glob("*.py"))) >= 12


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_every_chaff_splices_into_something_else_that_compiles(root: Path, topic: Topic) -> None:
    reference = (root / "reference" / f"{topic.name}.py").read_text(encoding="utf-8")
    problems = {problem.id for problem in topic.problems}
    for path in (root / "tests" / "submissions" / "chaffs" / topic.name).glob("*.py"):
        chaff = read_chaff(path)
        spliced = build(reference, chaff)

        compile(spliced, path.name, "exec")
        assert spliced != reference, path.name
        assert set(chaff.loses) <= problems, path.name


@pytest.mark.parametrize("name", [topic.name for topic in TOPICS])
def test_only_checks_that_draw_are_asked_again_with_another_seed(root: Path, name: str) -> None:
    module = importlib.import_module(f"grader.checks.{name}")
    draws = {
        f"{name}.{test.removeprefix('test_')}"
        for test, function in vars(module).items()
        if test.startswith("test_") and hasattr(function, "hypothesis")
    }

    found = cases(root, only=name, seeds=(3, 8))

    right = {seed: [c for c in found if c.role in RIGHT and c.seed == seed] for seed in (3, 8)}
    assert len(right[3]) == len(right[8]) >= 5
    for first, again in zip(right[3], right[8], strict=True):
        assert set(first.checks) > set(again.checks) == draws & set(first.checks)


def test_with_other_seeds_a_chaff_meets_what_draws_of_the_short_form(root: Path) -> None:
    found = cases(root, only="hw2_least_squares", short=False, seeds=(0, 1, 2))

    by_seed = {s: {c.name: c for c in found if c.role == "chaff" and c.seed == s} for s in range(3)}
    topic = load_rubric().topic("hw2_least_squares")
    everything = {c.id for c in topic.checks if c.kind != "manual"}
    assert all(set(chaff.checks) == everything for chaff in by_seed[0].values())
    for seed in (1, 2):
        # What reads the source alone is the same for every seed.
        assert "comments_removed" not in by_seed[seed]
        # What fails it draws, and says why.
        drawn = by_seed[seed]["lstsq_cuts_off_too_much"]
        assert drawn.checks == ("hw2_least_squares.fits_survive_near_dependence",)
        assert drawn.chaff == by_seed[0]["lstsq_cuts_off_too_much"].chaff
        # Of these two one always fails and has the words: alone the other is asked, without them.
        mixed = by_seed[seed]["global_y"]
        assert mixed.checks == ("hw2_least_squares.fits_are_equivariant",)
        assert audit.judge(mixed, {mixed.checks[0]: _passed(mixed.checks[0])}) == (
            "loses no point in b",
        )
        assert audit.judge(mixed, {mixed.checks[0]: _failed(mixed.checks[0])}) == ()


def test_with_other_seeds_a_trivial_submission_meets_the_checks_that_draw(root: Path) -> None:
    found = cases(root, only="hw5_perceptron", seeds=(0, 1))

    first, again = ([c for c in found if c.role == "trivial" and c.seed == s] for s in (0, 1))
    assert [c.name for c in first] == [c.name for c in again] == [*TRIVIAL]
    for before, after in zip(first, again, strict=True):
        assert "hw5_perceptron.mistake_bound" in after.checks
        assert set(after.checks) <= set(before.checks)


def test_the_checks_that_fail_each_chaff_are_written_down(root: Path) -> None:
    known, submissions = read_killers(root), root / "tests" / "submissions"
    for topic in TOPICS:
        chaffs = {path.stem for path in (submissions / "chaffs" / topic.name).glob("*.py")}
        assert known[topic.name].keys() == chaffs, "run `grader audit --long`"
        assert all(known[topic.name].values())


def _passed(check: str) -> Outcome:
    return Outcome(check, Status.PASSED, 1.0)


def _failed(check: str) -> Outcome:
    return Outcome(check, Status.FAILED, message="why")


def test_several_seeds_of_a_chaff_are_one_killer_and_the_first_is_written_down(
    tmp_path: Path, root: Path
) -> None:
    found = cases(root, only="hw5_perceptron", short=False, seeds=(0, 1))
    first, second = (c for c in found if c.name == "updates_reversed")
    lost = Outcome("hw5_perceptron.updates_can_be_replayed", Status.FAILED, message="why")
    also = Outcome("hw5_perceptron.mistake_bound", Status.FAILED, message="why")
    verdicts = [
        audit.Verdict(first, {lost.check: lost, also.check: also}, (), 1.0),
        audit.Verdict(second, {lost.check: lost}, (), 1.0),
    ]
    (tmp_path / KILLERS).parent.mkdir(parents=True)

    audit.write_killers(tmp_path, verdicts)

    assert set(read_killers(tmp_path)["hw5_perceptron"]["updates_reversed"]) == {
        lost.check,
        also.check,
    }
    assert audit.table(verdicts)[lost.check].killers == ["updates_reversed"]


def test_a_chaff_may_call_what_it_replaces() -> None:
    reference = "def f(x):\n    return x + 1\n\n\ndef g(x):\n    return f(x)\n"
    patch = '"""Doc."""\n\n\ndef f(*args):\n    return -right_f(*args)\n'
    names: dict[str, Any] = {}

    exec(splice(reference, patch), names)

    assert (names["g"](1), names["right_f"](1)) == (-2, 2)
    assert "right_g" not in names


def test_splicing_replaces_a_definition_where_it_stood_and_adds_the_rest() -> None:
    reference = (
        '"""M"""\n\nimport os\n\nLIMIT = 1\n\n\n@staticmethod\ndef f():\n    return 1\n\n\n'
        "def g():\n    return f()\n"
    )
    patch = (
        '"""Wrong."""\n# loses: a\n# says: x\nimport re\n\nLIMIT = 2\n\n\n'
        "def f():\n    return helper()\n\n\ndef helper():\n    return 2\n"
    )

    spliced = splice(reference, patch)

    scope: dict[str, object] = {}
    exec(compile(spliced, "m", "exec"), scope)
    assert scope["LIMIT"] == 2
    assert scope["g"]() == 2  # type: ignore[operator]
    assert "@staticmethod" not in spliced
    assert spliced.index("import re") < spliced.index("def f")


def test_comments_are_stripped_and_the_code_is_kept() -> None:
    source = '"""M"""\n\n# why\ndef f():\n    """Doc."""\n\n\nclass C:\n    x = "# no comment"\n'

    stripped = without_comments(source)

    assert stripped == 'def f():\n    pass\n\n\nclass C:\n    x = "# no comment"\n'


def test_a_chaff_without_its_header_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "c.py"
    path.write_text("def f(): pass\n")

    with pytest.raises(ValueError, match="docstring"):
        read_chaff(path)


def case(role: Role, root: Path | None = None) -> Case:
    topic = next(topic for topic in TOPICS if topic.name == "hw5_mle")
    return Case(topic, role, "c", {}, (), None)


def outcome(status: Status, fraction: float = 0.0, message: str = "") -> Outcome:
    return Outcome("hw5_mle.x", status, fraction, message)


def test_a_right_submission_must_earn_every_point() -> None:
    right = {"hw5_mle.x": outcome(Status.PASSED, 1.0)}
    partly = {"hw5_mle.x": outcome(Status.PASSED, 0.9)}

    assert audit.judge(case("wheat"), right) == ()
    assert len(audit.judge(case("wheat"), partly)) == 1


def test_a_trivial_submission_must_pass_nothing() -> None:
    assert audit.judge(case("trivial"), {"hw5_mle.x": outcome(Status.FAILED)}) == ()
    assert len(audit.judge(case("trivial"), {"hw5_mle.x": outcome(Status.PASSED, 1.0)})) == 1


def test_a_check_that_was_not_judged_is_never_in_order() -> None:
    for role in ("reference", "wheat", "chaff", "trivial"):
        found = audit.judge(case(role), {"hw5_mle.x": outcome(Status.GRADER_ERROR)})

        assert found, role


def test_a_chaff_must_lose_where_its_defect_is_with_words_that_name_it(root: Path) -> None:
    path = next((root / "tests" / "submissions" / "chaffs" / "hw5_mle").glob("*.py"))
    chaff = read_chaff(path)
    topic = case("chaff").topic
    problem = next(p for p in topic.problems if p.id in chaff.loses)
    name = problem.checks[0].id
    one = Case(topic, "chaff", path.stem, {}, (name,), chaff)

    named = {name: Outcome(name, Status.FAILED, message=f"It {chaff.says.upper()}!")}
    silent = {name: Outcome(name, Status.FAILED, message="wrong")}
    passed = {name: Outcome(name, Status.PASSED, 1.0)}

    assert audit.judge(one, named) == ()
    assert len(audit.judge(one, silent)) == 1
    assert len(audit.judge(one, passed)) == 2


def test_results_are_kept_by_all_that_can_change_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = Memory(tmp_path)
    one = case("wheat")
    other = Case(one.topic, "wheat", "c", {"a.py": b"x"}, (), None)
    found = {"hw5_mle.x": outcome(Status.FAILED, message="m")}

    memory.keep(one, found)

    assert memory.find(one) == found
    assert memory.find(other) is None
    assert Memory(None).find(one) is None
    monkeypatch.setattr("grader.author.memory.grader_hash", lambda: "of an edited grader")
    assert Memory(tmp_path).find(one) is None


def test_a_case_that_ends_when_it_loses_is_kept_apart_from_one_that_goes_on(
    tmp_path: Path,
) -> None:
    memory = Memory(tmp_path)

    memory.keep(replace(case("mutant"), until_lost=True), {})

    assert memory.find(case("mutant")) is None


def test_the_share_of_checks_counts_what_was_graded_now() -> None:
    found = {name: replace(outcome(Status.PASSED), seconds=1.5) for name in ("a", "b")}
    now = audit.Verdict(case("wheat"), found, (), 4.0)
    remembered = audit.Verdict(case("wheat"), found, (), 0.0)

    assert audit.share_of_checks([now, remembered]) == 0.75
    assert audit.share_of_checks([remembered]) is None


def test_who_alone_fails_a_chaff_is_counted(tmp_path: Path) -> None:
    path = tmp_path / KILLERS
    path.parent.mkdir(parents=True)
    path.write_text('{"t": {"a": ["t.x"], "b": ["t.x", "t.y"], "c": ["t.x"]}, "u": {"d": []}}')

    found = audit.alone(tmp_path)

    assert (found["t.x"], found.get("t.y", 0)) == (2, 0)


def test_the_table_tells_who_alone_fails_a_chaff() -> None:
    rows = {"t.x": audit.CheckRow(["a", "b"], 5, [1.0]), "t.y": audit.CheckRow(["b"], 5, [2.0])}
    console = Console(width=100, file=io.StringIO(), color_system=None)

    print_audit(console, rows, [], 7, 0.5, {"t.x": 1})

    said = console.file.getvalue()  # type: ignore[attr-defined]
    assert re.search(r"t\.x +2 +1 +5 +1\.00", said)
    assert re.search(r"t\.y +1 +0 +5 +2\.00", said)
    assert "no chaff needs these alone: t.y" in said
