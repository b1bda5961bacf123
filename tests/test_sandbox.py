"""The trust boundary: what a worker can and cannot do, and what the grader makes of it."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from workers import call

from grader.engine.zygotes import ZygotePool
from grader.errors import IsolationError
from grader.sandbox import paths
from grader.sandbox.channel import Worker, WorkerDied
from grader.sandbox.inprocess import InProcess
from grader.sandbox.launcher import Zygote
from grader.sandbox.limits import Limits

Load = Callable[..., Worker]


@pytest.fixture
def load(pool: ZygotePool) -> Iterator[Load]:
    """Starts a worker with a module `m` of the given source."""
    started: list[Any] = []

    def start(source: str, **limits: Any) -> Any:
        worker = pool.channel(["numpy"], Limits(**limits))
        started.append(worker)
        worker.request("files", {"files": {"m.py": source.encode()}}, 10)
        status, data = worker.request("load", {"module": "m", "seed": 1}, 20)
        assert status == "ok", data
        return worker

    yield start
    for worker in started:
        worker.close()


def tried(load: Load, body: str) -> Any:
    """What a forbidden act gives: the name of the exception that it raised, or its value."""
    source = "import os, sys\ndef act():\n" + "\n".join(f"    {line}" for line in body.split("\n"))
    status, data = call(load(source), "act")
    return data["name"] if status == "raised" else data["value"]


def test_a_call_answers_with_plain_data(load: Load) -> None:
    worker = load("def double(x):\n    print('hello')\n    return {'y': 2 * x}\n")

    status, data = call(worker, "double", np.arange(3.0))

    assert status == "ok"
    assert np.array_equal(data["value"]["y"], [0, 2, 4])
    assert worker.printed() == "hello\n"


@pytest.mark.parametrize(
    ("act", "refused"),
    [
        ("import socket; socket.socket()", "PermissionError"),
        ("import socket; socket.socket(socket.AF_UNIX)", "PermissionError"),
        ("os.fork()", "PermissionError"),
        ("os.posix_spawn('/bin/true', ['true'], {})", "PermissionError"),
        ("import subprocess; subprocess.run(['/bin/true'])", "PermissionError"),
        ("os.execv('/bin/true', ['true'])", "PermissionError"),
        ("os.kill(os.getppid(), 9)", "PermissionError"),
        ("os.kill(-1, 9)", "PermissionError"),
        ("os.listdir('/')", "PermissionError"),
        ("os.listdir('/proc')", "PermissionError"),
        ("open('/etc/passwd').read()", ("PermissionError", "FileNotFoundError")),
        ("open('/proc/1/environ').read()", ("PermissionError", "FileNotFoundError")),
        ("open(f'/proc/{os.getppid()}/mem', 'rb')", ("PermissionError", "FileNotFoundError")),
        ("open(os.__file__, 'a')", ("PermissionError", "OSError")),
        ("open('/tmp/left-behind', 'w')", ("PermissionError", "FileNotFoundError")),
        ("os.chmod('m.py', 0o777)", "PermissionError"),
        ("os.utime('m.py')", "PermissionError"),
        ("os.symlink('/etc', 'link')", "PermissionError"),
        ("os.setuid(0)", "PermissionError"),
        ("os.memfd_create('x')", "PermissionError"),
        ("import resource; resource.setrlimit(resource.RLIMIT_AS, (-1, -1))", "ValueError"),
        ("import mmap; mmap.mmap(-1, 5 << 30)", ("OSError", "MemoryError")),
    ],
)
def test_forbidden_acts_are_refused(load: Load, act: str, refused: str | tuple[str, ...]) -> None:
    found = tried(load, f"{act}\nreturn 'it worked'")

    assert found in ((refused,) if isinstance(refused, str) else refused)


def test_a_foreign_abi_kills_the_process(load: Load) -> None:
    # int 0x80: the 32-bit system call interface, where other numbers mean other calls.
    source = (
        "import ctypes, mmap\n"
        "def act():\n"
        "    code = bytes([0xB8, 20, 0, 0, 0, 0xCD, 0x80, 0xC3])\n"
        "    page = mmap.mmap(-1, 4096, prot=7)\n"
        "    page.write(code)\n"
        "    address = ctypes.addressof(ctypes.c_char.from_buffer(page))\n"
        "    return ctypes.CFUNCTYPE(ctypes.c_int)(address)()\n"
    )

    with pytest.raises(WorkerDied, match="SIGSYS"):
        call(load(source), "act")


def test_the_checks_and_the_reference_are_not_there(load: Load, root: Path) -> None:
    hidden = [paths.PACKAGE / "checks", paths.PACKAGE / "rubric.py", root / "reference"]
    source = "import os\ndef look(names):\n    return [os.path.exists(n) for n in names]\n"
    readable = (
        "import os\n"
        "def read(name):\n"
        "    try:\n        return open(name).read()\n"
        "    except OSError as error:\n        return type(error).__name__\n"
    )

    worker = load(source + readable)

    assert call(worker, "look", [str(path) for path in hidden])[1]["value"] == [False] * 3
    for path in (root / "reference" / "hw2_least_squares.py", paths.PACKAGE / "rubric.py"):
        found = call(worker, "read", str(path))[1]["value"]
        assert found in ("FileNotFoundError", "PermissionError")


def test_the_worker_has_no_environment_of_the_graders(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADER_CANARY", "do-not-leak")
    zygote = Zygote(["numpy"])
    worker = zygote.worker(Limits())
    source = (
        b"import os\n"
        b"def env():\n    return dict(os.environ)\n"
        b"def proc():\n    return open('/proc/self/environ').read()\n"
    )
    worker.request("files", {"files": {"m.py": source}}, 10)
    worker.request("load", {"module": "m", "seed": 1}, 20)

    env, proc = call(worker, "env"), call(worker, "proc")

    zygote.close()
    assert env[1]["value"]["LANG"] == "C.UTF-8"
    assert "GRADER_CANARY" not in env[1]["value"]
    assert proc[1]["name"] == "PermissionError"


def test_files_can_be_written_only_in_the_private_folder_and_vanish(load: Load) -> None:
    source = (
        "import os\n"
        "def write():\n    open('mine', 'w').write('x')\n    return os.listdir('.')\n"
        "def look():\n    return os.listdir('.')\n"
    )

    assert "mine" in call(load(source), "write")[1]["value"]
    assert call(load(source), "look")[1]["value"] == ["m.py"]


def test_the_folder_has_a_quota(load: Load) -> None:
    source = (
        "def fill():\n"
        "    for number in range(100):\n"
        "        with open(str(number), 'wb') as file:\n"
        "            file.write(bytes(1 << 20))\n"
    )

    status, data = call(load(source, files_mib=8), "fill")

    assert status == "raised"
    assert data["builtin"] == "OSError"


def test_a_hang_is_ended_by_the_graders_clock(load: Load) -> None:
    worker = load(
        "import signal\n"
        "for number in range(1, 65):\n"
        "    try: signal.signal(number, signal.SIG_IGN)\n"
        "    except (OSError, ValueError): pass\n"
        "def hang():\n"
        "    while True:\n"
        "        try:\n            while True: pass\n"
        "        except BaseException: pass\n"
    )
    started = time.monotonic()

    with pytest.raises(WorkerDied) as died:
        call(worker, "hang", timeout=0.5)

    assert died.value.reason == "timeout"
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("body", "reason", "words"),
    [
        ("import os; os._exit(0)", "crashed", "status 0"),
        ("import ctypes; ctypes.string_at(0)", "crashed", "SIGSEGV"),
        ("import os; os.abort()", "crashed", "SIGABRT"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "crashed", "SIGKILL"),
        ("import os; os.close(3)", "crashed", ""),
        ("import os; os.write(3, b'x' * 100)", "violation", "protocol"),
        ("import os; os.write(3, bytes(16)); import time; time.sleep(9)", "violation", "protocol"),
    ],
)
def test_a_worker_that_ends_or_breaks_the_protocol_is_named(
    load: Load, body: str, reason: str, words: str
) -> None:
    with pytest.raises(WorkerDied) as died:
        call(load(f"def act():\n    {body}\n"), "act")

    assert died.value.reason == reason
    assert words in str(died.value)


def test_an_answer_sent_ahead_of_the_question_is_a_violation(load: Load) -> None:
    """A reply for the next request cannot be prepared: it is noticed before that is sent."""
    worker = load(
        "import os, threading, time\n"
        "def act():\n"
        "    threading.Timer(0.05, lambda: os.write(3, b'GRW1' + bytes(8))).start()\n"
        "    return 1\n"
    )
    assert call(worker, "act")[1]["value"] == 1
    time.sleep(0.3)

    with pytest.raises(WorkerDied) as died:
        call(worker, "act")

    assert died.value.reason == "violation"


def test_memory_is_bounded(load: Load) -> None:
    worker = load("def fill():\n    return len(bytearray(1 << 33))\n", memory_mib=2048)

    assert call(worker, "fill")[0] == "out_of_memory"


def test_a_reply_over_its_limit_is_named(load: Load) -> None:
    worker = load("import numpy as np\ndef huge():\n    return np.zeros(1 << 20)\n", reply_mib=1)

    assert call(worker, "huge")[0] == "output_limit"


def test_a_forged_length_is_not_allocated(load: Load) -> None:
    source = (
        "import os, struct\n"
        "def act():\n    os.write(3, b'GRW1' + struct.pack('<Q', 1 << 60))\n    os._exit(0)\n"
    )

    with pytest.raises(WorkerDied) as died:
        call(load(source), "act")

    assert died.value.reason == "output_limit"


def test_a_flood_of_prints_is_cut_and_counted(load: Load) -> None:
    worker = load("def act():\n    print('x' * (1 << 22))\n    return 1\n", printed_kib=4)

    assert call(worker, "act")[1]["value"] == 1
    assert len(worker.printed()) < 5000
    assert "more bytes were printed" in worker.printed()


def test_without_a_sandbox_a_flood_of_prints_is_cut_and_counted_too() -> None:
    channel = InProcess(Limits(printed_kib=1), ())
    source = b"def act():\n    print('x' * 5000)\n    return 1\n"
    channel.request("files", {"files": {"printing.py": source}}, 10)
    channel.request("load", {"module": "printing", "seed": 1}, 10)

    answer = call(channel, "act")
    printed = channel.printed()
    channel.close()

    assert answer == ("ok", {"value": 1})
    assert printed == "x" * 1024 + "\n... 3977 more bytes were printed"


def test_exceptions_cross_by_their_real_class(load: Load) -> None:
    worker = load(
        "class Mine(ValueError): pass\n"
        "class Fake(Exception): pass\n"
        "Fake.__name__ = 'ValueError'\n"
        "def real(): raise Mine('a')\n"
        "def fake(): raise Fake('b')\n"
    )

    assert call(worker, "real")[1]["builtin"] == "ValueError"
    assert call(worker, "fake")[1]["builtin"] == "Exception"


def test_exceptions_show_only_the_students_own_frames(load: Load) -> None:
    worker = load("def outer():\n    return inner()\ndef inner():\n    return 1 / 0\n")

    frames = call(worker, "outer")[1]["traceback"].splitlines()

    assert [line.split(":")[0] for line in frames] == ["m.py", "m.py"]


def test_a_missing_name_tells_the_nearest(load: Load) -> None:
    worker = load("def normal_equatoin(): pass\n")

    assert call(worker, "normal_equation") == ("missing", {"near": "normal_equatoin"})


def test_threads_work_up_to_their_limit(load: Load) -> None:
    source = (
        "import threading, time\n"
        "def start(n):\n"
        "    count = 0\n"
        "    for _ in range(n):\n"
        "        try: threading.Thread(target=time.sleep, args=(2,), daemon=True).start()\n"
        "        except RuntimeError: break\n"
        "        count += 1\n"
        "    return count\n"
    )

    assert call(load(source), "start", 8)[1]["value"] == 8
    assert call(load(source), "start", 500)[1]["value"] < 200


def test_every_layer_holds_here(pool: ZygotePool) -> None:
    """On the machines that this project is tested on. Elsewhere a report names what is missing."""
    found = pool.isolation(["numpy"])

    assert all(found.layers.values()), found


@pytest.mark.parametrize("layer", ["namespaces", "landlock", "seccomp", "rlimits"])
def test_a_layer_that_is_switched_off_is_reported_and_strict_refuses(layer: str) -> None:
    zygote = Zygote(["numpy"], "auto", without=[layer])
    assert not zygote.isolation().layers[layer]
    zygote.close()

    strict = Zygote(["numpy"], "strict", without=[layer])
    with pytest.raises(IsolationError, match=layer):
        strict.isolation()
    strict.close()


def test_without_namespaces_the_other_layers_still_refuse(root: Path) -> None:
    zygote = Zygote(["numpy"], without=["namespaces"])
    worker = zygote.worker(Limits())
    source = (
        "import os, socket\n"
        "def act(path):\n"
        "    found = []\n"
        "    for attempt in (lambda: open(path).read(), socket.socket, os.fork,\n"
        "                    lambda: os.kill(os.getppid(), 0), lambda: open('/tmp/x', 'w'),\n"
        "                    lambda: open(f'/proc/{os.getppid()}/mem')):\n"
        "        try:\n            attempt()\n            found.append('worked')\n"
        "        except PermissionError:\n            found.append('denied')\n"
        "    return found\n"
    )
    worker.request("files", {"files": {"m.py": source.encode()}}, 10)
    worker.request("load", {"module": "m", "seed": 1}, 20)

    found = call(worker, "act", str(root / "reference" / "hw2_least_squares.py"))

    zygote.close()
    assert found[1]["value"] == ["denied"] * 6
