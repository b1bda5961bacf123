"""The cache: what is unchanged is not run again, and nobody but the grader writes it."""

import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from mle import TOPIC
from stand_in import FULL

from grader import cache as caching
from grader.cache import Cache, Key, open_cache
from grader.records import Counterexample, Isolation, Outcome, Status
from grader.sandbox.launcher import Zygote
from grader.sandbox.limits import Limits
from grader.sandbox.process import LAYERS

OTHER = "hw5_pca"
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


def test_the_caches_key_is_made_in_no_time() -> None:
    caching.grader_hash.cache_clear()
    started = time.process_time()
    KEY.digest()

    assert time.process_time() - started < 0.2
