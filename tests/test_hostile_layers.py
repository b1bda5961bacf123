"""Every layer is needed, and what is left of them in other environments is said and holds."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hostile_cases import attack, honest

from grader.errors import IsolationError
from grader.rubric import load_rubric
from grader.sandbox import launcher, layers, process
from grader.sandbox.channel import WorkerDied
from grader.sandbox.launcher import Zygote
from grader.sandbox.limits import Limits

SAMPLES = np.array([2.0, -1.0, 3.0, 0.5])
ROOT_ONLY = pytest.mark.skipif(os.getuid() != 0, reason="only root can change to another user")
Start = Callable[..., Zygote]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts zygotes with layers switched off, and ends them."""
    started: list[Zygote] = []

    def new(*without: str) -> Zygote:
        started.append(Zygote(["numpy"], without=without))
        return started[-1]

    yield new
    for zygote in started:
        zygote.close()


def asked(zygote: Zygote, files: dict[str, bytes], function: str, *args: Any, **limits: Any) -> Any:
    """What a function of `hw5_mle.py` answers in a fresh worker."""
    worker = zygote.worker(Limits(**limits))
    try:
        worker.request("files", {"files": files}, 20)
        status, data = worker.request("load", {"module": "hw5_mle", "seed": 0}, 20)
        assert status == "ok", data
        call = {"function": function, "args": list(args), "kwargs": {}}
        status, data = worker.request("call", {**call, "keep": False, "observe": False}, 20)
        return data["value"] if status == "ok" else data
    finally:
        worker.close()


def breaks_out(zygote: Zygote, name: str) -> bool:
    """Whether an attack got what it wanted: it gives the right answer then."""
    files = attack(name).files(twin=True)
    return bool(asked(zygote, files, "uniform_mle", SAMPLES) == (-1.0, 3.0))


def act(zygote: Zygote, body: str, *args: Any, **limits: Any) -> Any:
    """What a few lines answer; the name of the exception that they raise."""
    source = "import os\ndef act(*args):\n" + "\n".join(f"    {line}" for line in body.split("\n"))
    found = asked(zygote, {"hw5_mle.py": source.encode()}, "act", *args, **limits)
    return found["name"] if type(found) is dict and "traceback" in found else found


@pytest.mark.parametrize(
    "name",
    [
        "asks_for_the_kernels_sharp_tools",
        "asks_the_network",
        "changes_modes_owners_and_times",
        "leaves_a_daemon",
        "lets_the_kernel_send_the_signal",
        "moves_the_grader_to_one_processor",
        "opens_an_io_uring",
        "shares_memory_with_others",
        "starts_processes",
    ],
)
def test_without_the_filter_of_system_calls_attacks_break_out(start: Start, name: str) -> None:
    """Which also shows that these attacks can tell when they succeed."""
    assert not breaks_out(start(), name)
    assert breaks_out(start("seccomp"), name)


def test_without_landlock_a_worker_reads_how_the_grader_was_started(start: Start) -> None:
    """Where there are no namespaces either, it reads the reference: see the next test."""
    body = "return len(open('/proc/1/cmdline').read()), len(os.listdir('/'))"

    assert act(start(), body) == "PermissionError"
    assert min(act(start("landlock"), body)) > 3


def test_without_namespaces_a_worker_sees_that_the_reference_is_there(
    start: Start, root: Path
) -> None:
    """Landlock keeps it from being read, and does not cover `stat`: its size would be known."""
    reference = str(root / "reference" / "hw5_mle.py")
    body = (
        "def read():\n"
        "    try: return bool(open(args[0]).read())\n"
        "    except OSError: return False\n"
        "return os.path.exists(args[0]), read()"
    )

    assert act(start(), body, reference) == (False, False)
    assert act(start("namespaces"), body, reference) == (True, False)
    assert act(start("namespaces", "landlock"), body, reference) == (True, True)


def test_without_limits_memory_and_descriptors_have_no_end(start: Start) -> None:
    memory = "import mmap\nreturn len(mmap.mmap(-1, 3 << 30)) >> 30"
    files = "return len([open('/dev/null') for _ in range(300)])"

    assert act(start(), memory, memory_mib=2048) in ("OSError", "MemoryError")
    assert act(start(), files) == "OSError"
    assert act(start("rlimits"), memory, memory_mib=2048) == 3
    assert act(start("rlimits"), files) == 300


@ROOT_ONLY
def test_without_a_user_of_its_own_a_worker_starts_any_number_of_threads(start: Start) -> None:
    """The kernel does not count root's threads."""
    body = (
        "import threading, time\n"
        "count = 0\n"
        "for _ in range(120):\n"
        "    try: threading.Thread(target=time.sleep, args=(1,), daemon=True).start()\n"
        "    except RuntimeError: break\n"
        "    count += 1\n"
        "return count"
    )

    assert act(start(), body, threads=32) < 32
    assert act(start("unprivileged_user"), body, threads=32) == 120


def test_without_an_environment_of_its_own_a_worker_reads_the_graders(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADER_CANARY", "do-not-leak")
    body = (
        "import ctypes\n"
        "for line in open('/proc/self/maps'):\n"
        "    if line.endswith('[stack]\\n'):\n"
        "        first, last = (int(part, 16) for part in line.split()[0].split('-'))\n"
        "        return ctypes.string_at(first, last - first)"
    )
    assert b"LANG=C.UTF-8" in act(start(), body)
    assert b"do-not-leak" not in act(start(), body)

    given = launcher._environment()
    monkeypatch.setattr(launcher, "_environment", lambda: {**os.environ, **given})

    assert b"do-not-leak" in act(start(), body)


@ROOT_ONLY
def test_without_no_new_privileges_a_program_of_roots_gives_them_back(tmp_path: Path) -> None:
    """A copy of `id` that belongs to root and runs as its owner."""
    program = tmp_path / "id"
    shutil.copy(shutil.which("id") or "id", program)
    program.chmod(0o4755)
    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(folder.stat().st_mode | 0o011)
    script = (
        "import os, sys\n"
        "from grader.sandbox import layers\n"
        "from grader.sandbox.limits import Limits\n"
        "kept = layers.prctl\n"
        "skip = int(sys.argv[2])\n"
        "layers.prctl = lambda option, value: None if option == skip else kept(option, value)\n"
        "plan = layers.Confinement(readable=(), folder='/', mount=False, uid=61183,\n"
        "                          landlock=False, seccomp=False)\n"
        "layers.confine(plan, Limits())\n"
        "os.execv(sys.argv[1], ['id', '-u'])\n"
    )

    def user(skipped: int) -> str:
        command = [sys.executable, "-c", script, str(program), str(skipped)]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()

    assert user(0) == "61183"
    assert user(layers.PR_SET_NO_NEW_PRIVS) == "0"


def test_a_layer_that_cannot_be_put_on_ends_the_worker(start: Start) -> None:
    """Asked for and impossible is not the same as switched off: nothing of a submission runs."""
    zygote = start()
    worker = zygote.worker(Limits(threads=None))  # type: ignore[arg-type]

    with pytest.raises(WorkerDied) as died:
        worker.request("probe", {}, 20)

    assert died.value.reason == "crashed"


# Attacks that find out whether they may, and do no harm where they may.
IN_CONTAINERS = (
    "asks_for_the_kernels_sharp_tools", "asks_the_network", "changes_modes_owners_and_times",
    "climbs_out_through_namespaces", "imports_the_checks", "leaves_a_note_for_the_next_worker",
    "lets_the_kernel_send_the_signal", "looks_for_the_reference_on_disk",
    "moves_the_grader_to_one_processor", "nests_folders_without_end", "opens_an_io_uring",
    "reads_the_graders_environment", "reads_the_memory_of_other_processes",
    "searches_what_it_inherited", "shares_memory_with_others", "signals_everybody",
    "starts_processes", "takes_descriptors_of_other_processes", "writes_outside_its_folder",
)  # fmt: skip


def in_profile(
    tmp_path: Path, root: Path, profile: list[str], command: list[str]
) -> subprocess.CompletedProcess[str]:
    """Run a command of this interpreter under a profile, in a folder of its own."""
    tmp_path.chmod(0o777)
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(root),
        "TMPDIR": str(tmp_path),
        "HOME": "/nonexistent",
    }
    return subprocess.run(
        [sys.executable, str(root / "tests" / "profiles.py"), *profile, "--", sys.executable, *command],
        env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=1800, check=False,
    )  # fmt: skip


def graded_in_profile(
    tmp_path: Path, root: Path, profile: list[str], names: tuple[str, ...], mode: str = "auto"
) -> dict[str, Any]:
    """What attacks and their twins earn under a profile, by name."""
    script = str(root / "tests" / "hostile_cases.py")
    done = in_profile(tmp_path, root, profile, [script, "--mode", mode, "attacks", *names])
    assert done.returncode == 0, done.stderr
    assert [path.name for path in tmp_path.iterdir()] == []
    found: dict[str, Any] = json.loads(done.stdout)
    assert found.keys() == set(names)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("user", [[], ["12345"]], ids=["as-it-is", "another-user"])
def test_in_a_plain_container_the_other_layers_hold(
    tmp_path: Path, root: Path, user: list[str]
) -> None:
    found = graded_in_profile(tmp_path, root, ["docker", *user], IN_CONTAINERS)

    for name, one in found.items():
        assert one["points"] <= one["twin"], name
        held = {layer for layer, holds in one["layers"].items() if holds}
        missing = set(process.LAYERS) - held
        # A root whose packages no other user can reach stays root, without any capability.
        assert missing - {"unprivileged_user"} == {"namespaces"}
        assert one["level"] == ("partial" if "unprivileged_user" in missing else "kernel")


@pytest.mark.slow
def test_on_a_kernel_without_landlock_the_report_says_so(tmp_path: Path, root: Path) -> None:
    names = tuple(
        name for name in IN_CONTAINERS
        # What is left to Landlock there: reading and writing files of the same user.
        if name not in ("looks_for_the_reference_on_disk", "writes_outside_its_folder",
                        "leaves_a_note_for_the_next_worker", "imports_the_checks")
    )  # fmt: skip
    found = graded_in_profile(tmp_path, root, ["no_landlock", "12345"], names)

    for name, one in found.items():
        assert one["level"] == "partial"
        assert not one["layers"]["landlock"]
        assert one["layers"]["seccomp"]
        if name not in ("reads_the_memory_of_other_processes", "shares_memory_with_others"):
            assert one["points"] <= one["twin"], name


@pytest.mark.slow
def test_on_a_kernel_without_filters_the_report_says_so(tmp_path: Path, root: Path) -> None:
    """With attacks on nobody but the process itself: what is left there is Landlock's to hold."""
    found = graded_in_profile(tmp_path, root, ["no_seccomp", "12345"], ("crashes_first",))

    one = found["crashes_first"]
    assert one["points"] == one["twin"]
    assert one["level"] == "partial"
    assert (one["layers"]["landlock"], one["layers"]["seccomp"]) == (True, False)


@pytest.mark.slow
def test_with_nothing_but_a_process_and_limits_it_grades_when_told_to_and_says_so(
    tmp_path: Path, root: Path
) -> None:
    """As on a system that has none of the layers."""
    found = graded_in_profile(tmp_path, root, ["bare", "12345"], ("crashes_first",), "process")

    one = found["crashes_first"]
    assert one["points"] == one["twin"]
    assert one["level"] == "none"
    assert {layer for layer, holds in one["layers"].items() if not holds} == {
        "namespaces", "landlock", "seccomp",
    }  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    ("profile", "mode"),
    [
        ("docker", "strict"),
        ("no_landlock", "strict"),
        ("no_seccomp", "strict"),
        ("bare", "strict"),
        ("bare", "auto"),
    ],
)
def test_nothing_is_graded_where_too_much_is_missing(
    tmp_path: Path, root: Path, profile: str, mode: str
) -> None:
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "hw5_mle.py").write_bytes(honest("hw5_mle"))
    command = ["-m", "grader", "grade", "s", "--only", "hw5_mle", "--isolation", mode]

    done = in_profile(tmp_path, root, [profile, "12345"], command)

    assert done.returncode == 3
    assert "Score" not in done.stdout
    assert "namespaces" in done.stderr


@pytest.mark.slow
def test_right_solutions_get_the_same_verdicts_at_every_level(tmp_path: Path, root: Path) -> None:
    """The audit shows at the first level that they pass all other checks too."""
    topics = [topic.name for topic in load_rubric().topics]
    script = str(root / "tests" / "hostile_cases.py")

    def graded_at(number: int, profile: str, mode: str) -> tuple[set[str], dict[str, Any]]:
        folder = tmp_path / str(number)
        folder.mkdir()
        command = [script, "--mode", mode, "wheats", *topics]
        done = in_profile(folder, root, profile.split(), command)
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
        return {one["level"] for one in found.values()}, {
            name: one["statuses"] for name, one in found.items()
        }

    places = [
        ("open", "strict"),
        ("docker 12345", "auto"),
        ("bare 12345", "process"),
        ("open", "none"),
    ]
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        found = list(pool.map(lambda item: graded_at(item[0], *item[1]), enumerate(places)))

    assert [levels for levels, _ in found] == [{"full"}, {"kernel"}, {"none"}, {"none"}]
    verdicts = [verdicts for _, verdicts in found]
    assert len(verdicts[0]) >= 40
    wrong = {
        (profile, mode, name): statuses
        for (profile, mode), one in zip(places, verdicts, strict=True)
        for name, statuses in one.items()
        if set(statuses.values()) != {"passed"}
    }
    assert wrong == {}
    assert all(one.keys() == verdicts[0].keys() for one in verdicts)


def test_a_strict_zygote_never_gives_a_worker_once_a_layer_is_missing() -> None:
    zygote = Zygote(["numpy"], "strict", without=["seccomp"])
    try:
        for _ in range(2):
            with pytest.raises(IsolationError, match="seccomp"):
                zygote.isolation()
    finally:
        zygote.close()
