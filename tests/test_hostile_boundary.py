"""What a worker sends costs the grader little, whatever it is, and nobody is blamed for another.

Each of these was a hole or a false alarm once.
"""

import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.engine import show
from grader.errors import IsolationError
from grader.sandbox import client, layers, paths, process, quota, users, wire
from grader.sandbox.channel import Exit, Worker, WorkerDied, _explain
from grader.sandbox.launcher import Zygote
from grader.sandbox.limits import MIB, Limits

ROOT_ONLY = pytest.mark.skipif(os.getuid() != 0, reason="only root changes to other users")


def test_a_nest_of_arrays_is_shown_for_the_work_of_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []
    draw = show._array
    monkeypatch.setattr(show, "_array", lambda *given: drawn.append(1) or draw(*given))
    nest: Any = np.arange(64.0)
    for _ in range(3):
        nest = [nest] * 64

    text = show.show(nest)
    called = show.show_call("f", [nest, nest], {"x": {"y": nest}})

    assert len(drawn) < 100
    assert max(len(text), len(called)) <= show.MAX_TEXT + 4
    assert show.show([1, (2.0,), {"a": "b"}]) == "[1, (2.0,), {'a': 'b'}]"


def test_a_reply_that_never_stops_is_ended_in_its_time() -> None:
    """There is always something to read, so the grader never waits for it."""
    ours, theirs = socket.socketpair()
    output, printing = os.pipe()
    with subprocess.Popen(["sleep", "60"]) as process, theirs:
        worker = Worker(1, ours, output, os.pidfd_open(process.pid), Limits(), Gone())
        flood = threading.Thread(target=pour, args=(theirs,))
        flood.start()
        started = time.monotonic()
        with pytest.raises(WorkerDied) as died:
            worker.request("call", {}, 1.0)
        seconds = time.monotonic() - started
        flood.join()
    os.close(printing)

    assert died.value.reason in ("timeout", "output_limit")
    assert seconds < 5


class Gone:
    """Where a worker came from that nobody waits for."""

    def exit_of(self, number: int) -> Exit:
        return Exit(9)

    def released(self, number: int, pidfd: int) -> None:
        os.close(pidfd)


def pour(theirs: socket.socket) -> None:
    """An announced reply of 60 MiB, in one byte after the other."""
    try:
        theirs.recv(1 << 16)
        theirs.sendall(wire.HEADER.pack(wire.MAGIC, 60 << 20))
        while True:
            theirs.send(b"N")
    except OSError:
        pass


def test_decoding_for_a_topic_without_torch_imports_none(root: Path) -> None:
    script = (
        "import struct, sys\n"
        "from grader.sandbox import wire\n"
        "number = b'x' + struct.pack('<BB', wire.TORCH_DTYPES.index('float64'), 0) + bytes(8)\n"
        "row = b'x' + struct.pack('<BBQ', wire.TORCH_DTYPES.index('float32'), 1, 2) + bytes(8)\n"
        "assert wire.decode(number, tensors=False).shape == ()\n"
        "assert wire.decode(row, tensors=False) == wire.Opaque('torch.Tensor')\n"
        "assert 'torch' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script], cwd=root, check=True)


@pytest.mark.slow
def test_a_tensor_from_a_topic_without_torch_is_named(pool: Any) -> None:
    """Honest, and of the wrong type: no broken protocol."""
    worker = pool.channel(["numpy"], Limits())
    source = b"def f():\n    import torch\n    return torch.ones(2), torch.tensor(0.5)\n"
    worker.request("files", {"files": {"m.py": source}}, 20)
    worker.request("load", {"module": "m", "seed": 0}, 20)
    call = {"function": "f", "args": [], "kwargs": {}, "keep": False, "observe": False}

    row, number = worker.request("call", call, 60)[1]["value"]
    worker.close()

    assert row == wire.Opaque("torch.Tensor")
    assert number == np.array(0.5, dtype=np.float32)


@pytest.mark.parametrize(
    "shape", [(0, 1 << 14 | 1), ((1 << 31) - 1, 0), (0, (1 << 64) - 1), (3, 0, 1 << 20)]
)
@pytest.mark.parametrize("tag", [b"a", b"x"])
def test_an_empty_array_hides_no_dimension(tag: bytes, shape: tuple[int, ...]) -> None:
    import struct

    body = tag + struct.pack(f"<BB{len(shape)}Q", 0, len(shape), *shape)

    with pytest.raises(wire.WireError, match="empty array"):
        wire.decode(body)
    with pytest.raises(wire.TooLarge, match="empty array"):
        wire.encode(np.zeros(shape[:1] + (0, 1 << 20)[: len(shape)]), 1 << 10)
    assert wire.decode(wire.encode(np.zeros((0, 1 << 14)), 99)[12:]).shape == (0, 1 << 14)


def acted(zygote: Zygote, body: str, **limits: Any) -> Any:
    """What a few lines answer in a worker."""
    worker = zygote.worker(Limits(**limits))
    source = "import os\ndef act():\n" + "\n".join(f"    {line}" for line in body.split("\n"))
    try:
        worker.request("files", {"files": {"m.py": source.encode()}}, 20)
        worker.request("load", {"module": "m", "seed": 0}, 20)
        call = {"function": "act", "args": [], "kwargs": {}, "keep": False, "observe": False}
        return worker.request("call", call, 20)
    finally:
        worker.close()


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    started = Zygote(["numpy"])
    yield started
    started.close()


@pytest.fixture(scope="module")
def without_mounts() -> Iterator[Zygote]:
    started = Zygote(["numpy"], without=["namespaces"])
    yield started
    started.close()


def test_where_memory_ends_the_kernel_ends_a_worker_first(zygote: Zygote) -> None:
    own = Path("/proc/self/oom_score_adj").read_text()
    workers = acted(zygote, "return open('/proc/self/oom_score_adj').read()")[1]["value"]

    assert int(workers) == 900 > int(own)


@pytest.mark.slow
def test_the_boundary_costs_little(zygote: Zygote) -> None:
    """By the fastest tenth, since other programs run on the machine too."""

    def start() -> None:
        worker = zygote.worker(Limits())
        worker.request("files", {"files": {}}, 20)
        worker.close()

    worker = zygote.worker(Limits())
    worker.request("files", {"files": {"m.py": b"def f(x):\n    return x\n"}}, 20)
    worker.request("load", {"module": "m", "seed": 0}, 20)
    args = [np.ones(8192)]
    call = {"function": "f", "args": args, "kwargs": {}, "keep": False, "observe": False}
    starts = deciles(start, 60)
    calls = deciles(lambda: worker.request("call", call, 20), 400)
    worker.close()

    print(
        f"ms: a worker {starts[0]:.1f} to {starts[4]:.1f}, 64 KiB {calls[0]:.2f} to {calls[4]:.2f}"
    )
    assert starts[0] <= 50
    assert calls[0] <= 1


def deciles(act: Callable[[], Any], repeat: int) -> list[float]:
    """Of the milliseconds that something takes."""
    taken = []
    for _ in range(repeat):
        started = time.perf_counter()
        act()
        taken.append(1e3 * (time.perf_counter() - started))
    return statistics.quantiles(taken, n=10)


def test_time_on_the_processor_is_told_apart_from_a_kill(zygote: Zygote) -> None:
    soft, hard = acted(zygote, "import resource\nreturn resource.getrlimit(resource.RLIMIT_CPU)")[
        1
    ]["value"]
    assert hard == soft + layers.CPU_GRACE_S
    with pytest.raises(WorkerDied, match="processor time") as died:
        acted(zygote, "import signal\nos.kill(os.getpid(), signal.SIGXCPU)")
    assert died.value.reason == "timeout"
    assert _explain(Exit(signal.SIGKILL)) == ("crashed", "the process was ended by SIGKILL")


FILLS = {
    "many MiB": "for n in range(40):\n    open(str(n), 'wb').write(bytes(1 << 20))",
    "many files": "for n in range(20_000):\n    open(str(n), 'w').close()",
    "folders inside one another": "for n in range(300):\n    os.mkdir('d')\n    os.chdir('d')",
}  # fmt: skip


@pytest.mark.parametrize("name", FILLS)
def test_a_folder_without_a_file_system_of_its_own_has_a_quota_too(
    without_mounts: Zygote, name: str
) -> None:
    started = time.monotonic()

    with pytest.raises(WorkerDied, match=r"MiB|files|folders") as died:
        acted(without_mounts, FILLS[name] + "\nimport time\ntime.sleep(19)", files_mib=8)

    assert died.value.reason == "output_limit"
    assert time.monotonic() - started < 15


def test_a_quota_counts_what_is_hidden_and_follows_nothing(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "file").write_bytes(bytes(3 * MIB))
    (tmp_path / "link").symlink_to("/usr")
    assert quota.excess(str(tmp_path), 4) is None
    assert "2 MiB" in str(quota.excess(str(tmp_path), 2))
    assert quota.excess(str(tmp_path / "not there"), 2) is None


@pytest.mark.skipif(os.getuid() == 0, reason="root may list every folder")
def test_a_folder_that_may_be_filled_and_not_listed_is_over_its_quota(tmp_path: Path) -> None:
    for mode, over in ((0o300, True), (0o100, False), (0o000, False)):
        (tmp_path / "d").mkdir(mode)
        assert (quota.excess(str(tmp_path), 4) is not None) == over
        (tmp_path / "d").rmdir()


def test_auto_wants_one_layer_that_confines_and_process_does_not() -> None:
    nothing = ["namespaces", "landlock", "seccomp"]
    auto, process = Zygote(["numpy"], "auto", nothing), Zygote(["numpy"], "process", nothing)
    try:
        with pytest.raises(IsolationError, match="--isolation process"):
            auto.isolation()
        assert process.isolation().level == "none"
        assert process.isolation().layers["rlimits"]
        assert acted(process, "return os.getpid()")[1]["value"] != os.getpid()
    finally:
        auto.close()
        process.close()


@pytest.mark.parametrize("layer", client.CONFINING)
def test_one_layer_that_confines_is_enough_for_auto(layer: str) -> None:
    found = client._judge({name: name in (layer, "rlimits") for name in process.LAYERS})

    assert found.level == "partial"


def test_an_installed_grader_hides_itself_and_not_the_other_packages(tmp_path: Path) -> None:
    for name in ("grader/checks", "grader/sandbox", "numpy", "torch"):
        (tmp_path / "site-packages" / name).mkdir(parents=True)
    installed = tmp_path / "site-packages" / "grader"

    found = paths._without(tmp_path / "site-packages", paths._hidden(installed))

    assert [Path(path).name for path in found] == ["numpy", "torch"]


def test_a_checkout_is_hidden_as_a_whole(tmp_path: Path) -> None:
    for name in ("course/grader", "course/reference", "course/tests", "other"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "course" / "pyproject.toml").touch()

    found = paths._without(tmp_path, paths._hidden(tmp_path / "course" / "grader"))

    assert [Path(path).name for path in found] == ["other"]


def test_runs_of_one_machine_share_no_user() -> None:
    held = [users.Users() for _ in range(3)]
    found = [uid for one in held for uid in one.uids]
    held[1].close()
    again = users.Users()
    for one in (held[0], held[2], again):
        one.close()

    assert len(set(found)) == len(found) == 3 * users.USERS
    assert again.uids == held[1].uids
    assert max(found) < 65_534


@ROOT_ONLY
def test_workers_of_two_zygotes_are_two_users(zygote: Zygote) -> None:
    other = Zygote(["numpy"])
    try:
        found = [acted(one, "return os.getuid()")[1]["value"] for one in (zygote, other) * 2]
    finally:
        other.close()

    assert len(set(found)) == 4
    assert min(found) >= users.FIRST_UID


def test_checks_that_do_not_load_are_the_graders_error_with_its_cause(
    root: Path, tmp_path: Path
) -> None:
    shutil.copytree(
        root / "grader", tmp_path / "grader", ignore=shutil.ignore_patterns("__pycache__")
    )
    module = tmp_path / "grader" / "checks" / "hw5_mle.py"
    module.write_text("import a_package_that_is_not_there\n" + module.read_text())
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "hw5_mle.py").touch()

    done = subprocess.run(
        [sys.executable, "-m", "grader", "grade", "s", "--only", "hw5_mle", "--only", "hw5_pca",
         "--jobs", "1"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip

    assert done.returncode == 3
    assert "No module named 'a_package_that_is_not_there'" in " ".join(done.stdout.split())
    assert "runner ended" not in done.stdout
