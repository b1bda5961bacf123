"""The cache: what is unchanged is not run again, and nobody but the grader writes it."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from grader import cache as caching
from grader import reuse
from grader.cache import Cache, Key, open_cache
from grader.engine.session import Result, Session
from grader.engine.topic_files import topic_files
from grader.grading import Request, grade
from grader.records import Counterexample, Isolation, Outcome, Report, Status
from grader.report.json_report import to_json
from grader.rubric import load_rubric
from grader.sandbox.launcher import Zygote
from grader.sandbox.layers import LAYERS
from grader.sandbox.limits import Limits
from grader.submission import Submission

TOPIC, OTHER = "hw5_mle", "hw5_pca"
FULL = Isolation("full", dict.fromkeys(LAYERS, True))
KERNEL = Isolation("kernel", {**dict.fromkeys(LAYERS, True), "namespaces": False})
OPEN = Isolation("partial", {**FULL.layers, "namespaces": False, "landlock": False})
KEY = Key(TOPIC, "ab" * 32, 0, "auto", "s", {"numpy": "1"})
FAILED = Outcome(
    f"{TOPIC}.a",
    Status.FAILED,
    message="a law",
    counterexample=Counterexample("f(1)", "2", "3", "grader replay"),
    notes=("0.5",),
    printed="hello",
    seconds=0.25,
)
PASSED = Outcome(f"{TOPIC}.b", Status.PASSED, 1.0)
LIKELIHOOD = """
import numpy as np
def uniform_log_likelihood(samples, a, b):
    if not a < b: raise ValueError
    s = np.asarray(samples)
    inside = s.size == 0 or (s.min() >= a and s.max() <= b)
    return float(-s.size * np.log(b - a)) if inside else float("-inf")
"""
WRONG = (
    LIKELIHOOD
    + """
def uniform_mle(samples):
    print("hello")
    if len(samples) == 0: raise ValueError
    return float(min(samples)), float(samples[-1])
"""
)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cache:
    return opened(tmp_path / "outcomes", monkeypatch)


def opened(folder: Path, monkeypatch: pytest.MonkeyPatch, machine: Isolation = FULL) -> Cache:
    """A cache on a machine with the given isolation, without the second that trying it takes."""
    monkeypatch.setattr(Cache, "machine", lambda self: machine)
    return Cache(folder, "auto")


def entry(cache: Cache) -> Path:
    (path,) = [p for p in cache._folder.iterdir() if not p.name.startswith(".")]
    return path


def test_an_outcome_comes_back_as_it_was_kept(cache: Cache) -> None:
    cache.keep(KEY, FULL, [FAILED, PASSED])

    assert cache.find(KEY) == {o.check: o for o in (FAILED, PASSED)}


@pytest.mark.parametrize(
    "other",
    [
        replace(KEY, topic=OTHER),
        replace(KEY, files_sha256="cd" * 32),
        replace(KEY, seed=1),
        replace(KEY, mode="strict"),
        replace(KEY, replay_name="t"),
        replace(KEY, packages={"numpy": "2"}),
    ],
)
def test_whatever_can_change_an_outcome_is_in_the_key(cache: Cache, other: Key) -> None:
    cache.keep(KEY, FULL, [PASSED])

    assert cache.find(other) == {}


def test_another_grader_finds_nothing(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.keep(KEY, FULL, [PASSED])
    monkeypatch.setattr(caching, "grader_hash", lambda: "another")

    assert cache.find(KEY) == {}


@pytest.mark.parametrize(
    "changed", ["checks/hw5_mle.py", "checks/rubric.toml", "engine/plugin.py", "data/files/m.gz"]
)
def test_checks_rubric_engine_and_data_are_all_in_the_graders_hash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    path = tmp_path / changed
    path.parent.mkdir(parents=True)
    monkeypatch.setattr(caching, "_PACKAGE", tmp_path)
    hashes = set()
    for text in ("one", "two"):
        path.write_text(text)
        caching.grader_hash.cache_clear()
        hashes.add(caching.grader_hash())
    caching.grader_hash.cache_clear()

    assert len(hashes) == 2


def test_a_file_that_does_not_ship_changes_the_key_where_it_appears(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = tmp_path / "photo.jpg"
    monkeypatch.setattr(caching, "optional_files", lambda: (photo,))
    before = KEY.digest()
    photo.write_bytes(b"x")

    assert KEY.digest() != before


@pytest.mark.parametrize(("kept", "now"), [(FULL, KERNEL), (KERNEL, FULL), (OPEN, OPEN)])
def test_nothing_crosses_levels_of_isolation_or_comes_from_where_workers_reach(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: Isolation, now: Isolation
) -> None:
    opened(tmp_path / "o", monkeypatch, kept).keep(KEY, kept, [PASSED])

    assert opened(tmp_path / "o", monkeypatch, now).find(KEY) == {}


def test_where_workers_reach_the_disk_nothing_is_kept(cache: Cache) -> None:
    cache.keep(KEY, OPEN, [PASSED])

    assert not cache._folder.exists()


def test_where_nothing_confines_there_is_no_cache() -> None:
    assert open_cache("none") is None
    assert open_cache("process") is None
    assert open_cache("auto") is not None


@pytest.mark.parametrize("status", sorted(caching.UNSETTLED))
def test_what_a_busy_machine_can_cause_is_not_kept(cache: Cache, status: Status) -> None:
    cache.keep(KEY, FULL, [Outcome(f"{TOPIC}.c", status), PASSED])

    assert set(cache.find(KEY)) == {PASSED.check}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data[:40] + bytes([data[40] ^ 1]) + data[41:],
        lambda data: os.urandom(len(data)),
        lambda data: data + b"\0" * (caching.MAX_ENTRY + 1),
    ],
)
def test_a_damaged_entry_is_ignored_and_overwritten(
    cache: Cache, spoil: Callable[[bytes], bytes]
) -> None:
    cache.keep(KEY, FULL, [PASSED])
    entry(cache).write_bytes(spoil(entry(cache).read_bytes()))
    assert cache.find(KEY) == {}

    cache.keep(KEY, FULL, [PASSED])

    assert set(cache.find(KEY)) == {PASSED.check}


def test_an_entry_under_another_ones_name_is_ignored(cache: Cache) -> None:
    cache.keep(KEY, FULL, [PASSED])
    other = replace(KEY, seed=1)
    entry(cache).rename(cache._folder / other.digest())

    assert cache.find(other) == {}


def test_folder_and_entries_are_the_owners_alone(cache: Cache) -> None:
    before = os.umask(0)
    try:
        cache.keep(KEY, FULL, [PASSED])
    finally:
        os.umask(before)

    assert cache._folder.stat().st_mode & 0o777 == 0o700
    assert entry(cache).stat().st_mode & 0o777 == 0o600


def test_what_others_could_have_written_is_not_read(cache: Cache) -> None:
    cache.keep(KEY, FULL, [PASSED])

    entry(cache).chmod(0o622)
    assert cache.find(KEY) == {}
    entry(cache).chmod(0o600)
    assert cache.find(KEY) != {}
    cache._folder.chmod(0o770)
    assert cache.find(KEY) == {}


def test_links_are_not_followed(cache: Cache, tmp_path: Path) -> None:
    cache.keep(KEY, FULL, [PASSED])
    moved = entry(cache).rename(tmp_path / "entry")
    (cache._folder / KEY.digest()).symlink_to(moved)

    assert cache.find(KEY) == {}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_files_of_another_user_are_not_read(cache: Cache) -> None:
    cache.keep(KEY, FULL, [PASSED])

    os.chown(entry(cache), 12345, 12345)
    assert cache.find(KEY) == {}
    os.chown(entry(cache), 0, 0)
    os.chown(cache._folder, 12345, 12345)
    assert cache.find(KEY) == {}


def test_the_folder_stays_within_its_bounds_and_keeps_what_was_used_last(
    cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caching, "MAX_ENTRIES", 3)
    keys = [replace(KEY, seed=seed) for seed in range(5)]
    for number, key in enumerate(keys):
        cache.keep(key, FULL, [PASSED])
        os.utime(cache._folder / key.digest(), (number, number))
        if number == 2:
            assert cache.find(keys[0])

    assert len(list(cache._folder.iterdir())) == 3
    assert [bool(cache.find(key)) for key in keys] == [True, False, False, True, True]


def test_the_folder_stays_below_its_bytes(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    big = replace(PASSED, printed="x" * 10_000)
    monkeypatch.setattr(caching, "MAX_TOTAL", 35_000)
    for seed in range(6):
        cache.keep(replace(KEY, seed=seed), FULL, [big])

    assert sum(path.stat().st_size for path in cache._folder.iterdir()) <= 35_000


def test_a_folder_that_cannot_be_written_costs_nothing_but_the_cache(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = Cache(tmp_path / "file" / "outcomes", "auto")

    cache.keep(KEY, FULL, [PASSED])

    assert cache.find(KEY) == {}


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


FORGER = """
import os
def act():
    name = {name!r}
    found = []
    for attempt in (
        lambda: open(name, "rb").read(),
        lambda: open(name, "wb").write(b"forged"),
        lambda: os.listdir(os.path.dirname(name)),
        lambda: os.rename("m.py", name),
        lambda: os.unlink(name),
    ):
        try:
            attempt()
            found.append("it worked")
        except OSError as error:
            found.append(type(error).__name__)
    return found
"""


@pytest.mark.parametrize("without", [(), ("namespaces",), ("landlock",)])
def test_a_worker_reaches_no_entry_wherever_the_cache_is_used(
    cache: Cache, without: tuple[str, ...]
) -> None:
    cache.keep(KEY, FULL, [PASSED])
    before = entry(cache).read_bytes()
    source = FORGER.format(name=str(entry(cache)))
    zygote = Zygote(("numpy",), without=without)
    try:
        assert caching._out_of_reach(zygote.isolation())
        worker = zygote.worker(Limits())
        worker.request("files", {"files": {"m.py": source.encode()}}, 10)
        worker.request("load", {"module": "m", "seed": 0}, 20)
        ask = {"function": "act", "args": [], "kwargs": {}, "keep": False, "observe": False}
        status, reply = worker.request("call", ask, 10)
        worker.close()
    finally:
        zygote.close()

    assert status == "ok", reply
    assert set(reply["value"]) <= {"PermissionError", "FileNotFoundError", "OSError"}
    assert entry(cache).read_bytes() == before


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


def test_the_caches_key_is_made_in_no_time() -> None:
    caching.grader_hash.cache_clear()
    started = time.process_time()
    KEY.digest()

    assert time.process_time() - started < 0.2
