"""Reuse: only what changed is run again, and a report cannot tell the difference."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from mle import RIGHT, TOPIC
from stand_in import FULL

from grader import reuse
from grader.cache import Cache, Key
from grader.engine.result import Result
from grader.engine.session import Session
from grader.engine.topic_files import topic_files
from grader.grading import Request, grade
from grader.records import Outcome, Report, Status
from grader.report.json_report import to_json
from grader.rubric import load_rubric
from grader.submission import Submission

OTHER = "hw5_pca"
KEY = Key(TOPIC, "ab" * 32, 0, "auto", "s", {"numpy": "1"})
WRONG = RIGHT.replace("    if len", '    print("hello")\n    if len').replace(
    "max(samples)", "samples[-1]"
)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cache:
    """A cache on a machine with every layer, without the second that trying them takes."""
    monkeypatch.setattr(Cache, "machine", lambda self: FULL)
    return Cache(tmp_path / "outcomes", "auto")


def test_a_topic_gets_its_own_files_and_what_they_name() -> None:
    rubric = load_rubric()
    files = {
        f"{TOPIC}.py": b"import helpers",
        "helpers.py": b"import hw5_perceptron",
        "hw5_perceptron.py": b"import hw5_gan",
        "hw5_gan.py": b"",
        f"{OTHER}.py": b"",
        "hw5_vae.pth": b"",
        "own.pth": b"hw5_pca",
        "data.csv": b"1,2",
    }

    found = topic_files(rubric.topic(TOPIC), rubric, files)

    assert list(found) == [
        f"{TOPIC}.py", "helpers.py", "hw5_perceptron.py", "hw5_gan.py", "own.pth", "data.csv"
    ]  # fmt: skip
    assert "hw5_vae.pth" in topic_files(rubric.topic("hw5_vae"), rubric, files)


def run_by(
    cache: Cache,
    files: dict[str, bytes],
    only: list[str],
    ran: list[str],
    status: Status = Status.PASSED,
) -> Result:
    """What `run_the_rest` gives when what it runs ends in `status`; `ran` hears of the checks."""
    rubric = load_rubric()

    def run(chosen: reuse.Chosen) -> Result:
        checks = [check for names in chosen.values() for check in names]
        ran.extend(checks)
        return Result({c: Outcome(c, status) for c in checks}, FULL, 1.0)

    return reuse.run_the_rest(
        rubric.select(None, only), rubric, Submission("s", files), cache,
        lambda topic, sha: replace(KEY, topic=topic.name, files_sha256=sha), run, lambda o: None,
    )  # fmt: skip


def test_only_the_topic_that_changed_is_run_again(cache: Cache) -> None:
    files = {f"{TOPIC}.py": b"1", f"{OTHER}.py": b"1"}
    ran: list[str] = []
    first = run_by(cache, files, [TOPIC, OTHER], ran)
    ran.clear()

    second = run_by(cache, {**files, f"{OTHER}.py": b"2"}, [TOPIC, OTHER], ran)

    assert {check.split(".")[0] for check in ran} == {OTHER}
    assert second.outcomes == first.outcomes


def test_a_check_that_was_not_asked_for_before_runs_alone(cache: Cache) -> None:
    files = {f"{TOPIC}.py": b"1"}
    names = [check.id for check in load_rubric().topic(TOPIC).checks]
    ran: list[str] = []
    run_by(cache, files, names[:2], ran)
    run_by(cache, files, names[1:3], ran)
    run_by(cache, files, names[:3], ran)

    assert ran == names[:3]


@pytest.mark.parametrize(("status", "again"), [(Status.FAILED, True), (Status.PASSED, False)])
def test_a_benchmark_that_failed_is_run_again(cache: Cache, status: Status, again: bool) -> None:
    check = "hw2_robustness.search_is_logarithmic"
    files = {"hw2_robustness.py": b"1"}
    ran: list[str] = []
    for _ in range(2):
        run_by(cache, files, [check], ran, status)

    assert ran == [check] * (1 + again)


def test_an_interrupted_run_leaves_nothing(cache: Cache) -> None:
    rubric = load_rubric()
    chosen = rubric.select(None, [TOPIC])
    outcomes = {c: Outcome(c, Status.PASSED, 1.0) for names in chosen.values() for c in names}

    reuse.run_the_rest(
        chosen, rubric, Submission("s", {f"{TOPIC}.py": b""}), cache,
        lambda topic, sha: KEY, lambda wanted: Result(outcomes, FULL, 1.0, interrupted=True),
        lambda o: None,
    )  # fmt: skip

    assert cache.find(KEY) == {}


def as_text(report: Report) -> str:
    return re.sub(r'"seconds": [0-9.e-]+', '"seconds": 0', to_json(report))


def test_a_report_from_the_cache_is_the_report_of_a_run(session: Session, tmp_path: Path) -> None:
    folder = tmp_path / "s"
    folder.mkdir()
    (folder / f"{TOPIC}.py").write_text(WRONG)
    request = Request(folder, only=(TOPIC, OTHER))
    cache = Cache(tmp_path / "outcomes", "auto")

    plain = grade(request, session)
    first = grade(request, session, cache=cache)
    heard: list[Outcome] = []
    second = grade(request, session, heard.append, cache=cache)

    checks = [check for problem in plain.problems for check in problem.checks]
    assert as_text(plain) == as_text(first) == as_text(second)
    assert cache.reused == sum(check.id.startswith(TOPIC) for check in checks)
    assert {outcome.check for outcome in heard} == {check.id for check in checks}
    assert json.loads(as_text(second))["isolation"]["level"] == "full"


HEAVY = ("numpy", "torch", "pytest", "hypothesis", "pandas", "scipy", "matplotlib", "jinja2")
QUICK = 1.0
"""Processor seconds of a second `grader grade`: what it takes on a machine that is not busy."""


def test_a_second_grade_takes_under_a_second_and_loads_none_of_the_heavy_libraries(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "s"
    folder.mkdir()
    (folder / f"{TOPIC}.py").write_text(WRONG)
    program = (
        "import atexit, os, sys\n"
        f"heavy = {HEAVY!r}\n"
        "say = lambda: print(sum(os.times()[:4]), *[m for m in heavy if m in sys.modules])\n"
        "atexit.register(say)\n"
        f"sys.argv = ['grader', 'grade', {str(folder)!r}, '--only', {TOPIC!r}]\n"
        "from grader.cli import app\n"
        "app()\n"
    )
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    del environment["GRADER_NO_CACHE"]
    said = []
    for _ in range(3):
        done = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True,
            timeout=120, check=True,
        )  # fmt: skip
        *report, figures = done.stdout.splitlines()
        said.append((re.sub(r", [0-9.]+ s$", "", "\n".join(report)), figures.split(), done.stderr))

    count = len(load_rubric().topic(TOPIC).checks)
    (first, _, quiet), (second, (one, *_), told), (third, (other, *heavy), _) = said
    assert first == second == third
    assert "--no-cache" not in quiet
    assert f"{count} of {count} checks" in told
    assert heavy == []
    assert min(float(one), float(other)) < QUICK
