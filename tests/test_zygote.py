"""A zygote and those that take workers from it: whose a worker is, how it ends, what is left."""

import os
import select
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from processes import alive
from workers import call

from grader.engine.runner import CANCEL, Cancellation
from grader.errors import IsolationError
from grader.sandbox.channel import Worker, WorkerDied
from grader.sandbox.client import Client
from grader.sandbox.launcher import Zygote
from grader.sandbox.limits import Limits
from grader.sandbox.users import USERS, new_users


def test_nothing_is_left_after_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    shm = set(os.listdir("/dev/shm")) if os.path.isdir("/dev/shm") else set()
    zygote = Zygote(["numpy"])
    for _ in range(3):
        zygote.worker(Limits()).request("probe", {}, 30)
    zygote.close()

    assert list(tmp_path.iterdir()) == []
    assert shm == (set(os.listdir("/dev/shm")) if os.path.isdir("/dev/shm") else set())
    assert not alive(zygote.pid)


as_root = pytest.mark.skipif(os.getuid() != 0, reason="only root's workers are other users")


@pytest.fixture
def client() -> Iterator[tuple[Zygote, Client]]:
    """A zygote, and a second client of it."""
    zygote = Zygote(["numpy"], clients=2)
    users = new_users()
    control, errors = zygote.connect(users)
    client = Client(control, os.fdopen(os.dup(errors), "rb"), ["numpy"], "auto")
    yield zygote, client
    client.close()
    zygote.close()
    if users is not None:
        users.close()


def pids_of(worker: Worker) -> tuple[int, int]:
    """A worker's user, and its process as this one's namespace sees it."""
    source = b"import os\ndef act():\n    return os.getuid()\n"
    worker.request("files", {"files": {"m.py": source}}, 10)
    worker.request("load", {"module": "m", "seed": 1}, 20)
    fdinfo = Path(f"/proc/self/fdinfo/{worker._pidfd}").read_text()
    pid = next(line.split()[1] for line in fdinfo.splitlines() if line.startswith("Pid:"))
    return call(worker, "act")[1]["value"], int(pid)


def test_clients_of_one_zygote_get_workers_of_their_own(client: tuple[Zygote, Client]) -> None:
    workers = [one.worker(Limits()) for one in client * 2]
    found = [pids_of(worker) for worker in workers]
    for worker in workers:
        worker.close()

    assert len({pid for _, pid in found}) == 4
    if os.getuid() == 0:
        assert len({uid for uid, _ in found}) == 4


def test_a_clients_workers_end_when_it_hangs_up_and_others_go_on(
    client: tuple[Zygote, Client],
) -> None:
    zygote, other = client
    mine, theirs = zygote.worker(Limits()), other.worker(Limits())
    _, pid = pids_of(theirs)

    other._control.shutdown(socket.SHUT_RDWR)
    deadline = time.monotonic() + 10
    while os.path.exists(f"/proc/{pid}") and time.monotonic() < deadline:
        time.sleep(0.01)

    assert not os.path.exists(f"/proc/{pid}")
    assert pids_of(mine)
    assert zygote.alive()
    assert not other.alive()


def test_a_client_that_asks_for_too_many_is_told_and_the_others_go_on(
    client: tuple[Zygote, Client],
) -> None:
    if os.getuid() != 0:
        pytest.skip("only root's workers are other users")
    zygote, other = client
    workers = [other.worker(Limits()) for _ in range(USERS)]

    with pytest.raises(IsolationError, match=f"more workers at once than the {USERS} users"):
        other.worker(Limits())

    assert pids_of(workers[0])
    assert pids_of(zygote.worker(Limits()))
    workers[0].close()
    assert pids_of(other.worker(Limits()))


def test_a_zygote_that_ends_says_why(client: tuple[Zygote, Client]) -> None:
    zygote, _ = client
    zygote.isolation()
    os.pwrite(zygote._errors.fileno(), b"out of luck\n", 0)
    os.kill(zygote.pid, signal.SIGKILL)
    # Bubblewrap is what dies at once.
    deadline = time.monotonic() + 10
    while Client.alive(zygote) and time.monotonic() < deadline:
        time.sleep(0.01)

    for one in client:
        with pytest.raises(IsolationError, match="out of luck"):
            one.worker(Limits())


def test_a_zygote_that_cannot_be_started_is_told_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("sys.executable", str(tmp_path / "absent"))
    monkeypatch.setattr("grader.sandbox.bubblewrap.find", lambda: None)
    held = set(os.listdir("/proc/self/fd"))

    with pytest.raises(IsolationError, match=r"cannot be started.*absent"):
        Zygote(["numpy"])

    assert list(tmp_path.iterdir()) == []
    assert set(os.listdir("/proc/self/fd")) == held


def test_an_interrupt_while_a_worker_is_made_leaves_nothing_open(
    client: tuple[Zygote, Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    zygote, other = client

    def held() -> int:
        other.worker(Limits()).close()
        while other._bury(10):
            pass
        return len(os.listdir("/proc/self/fd"))

    before = held()

    def interrupt(timeout: float) -> None:
        raise KeyboardInterrupt

    for _ in range(3 * USERS):
        with monkeypatch.context() as patch:
            patch.setattr(other, "_hear", interrupt)
            with pytest.raises(KeyboardInterrupt):
                other.worker(Limits())
        # Its news is read with the next worker's.
        other.worker(Limits()).close()

    assert held() == before
    assert [one for one in other._asked.values() if one is not other._spare] == []
    assert zygote.alive()


def test_a_worker_in_reserve_has_the_limits_that_are_asked_for(
    client: tuple[Zygote, Client],
) -> None:
    zygote, _ = client
    source = b"import resource\ndef act():\n    return resource.getrlimit(resource.RLIMIT_AS)[0]\n"
    found = []
    for mib in (4096, 2048, 2048, 4096):
        worker = zygote.worker(Limits(memory_mib=mib))
        worker.request("files", {"files": {"m.py": source}}, 10)
        worker.request("load", {"module": "m", "seed": 1}, 20)
        found.append(call(worker, "act")[1]["value"] >> 20)
        worker.close()

    assert found == [4096, 2048, 2048, 4096]


@as_root
def test_a_worker_in_reserve_that_has_ended_is_not_given(client: tuple[Zygote, Client]) -> None:
    zygote, _ = client
    zygote.worker(Limits()).close()
    assert zygote._spare is not None
    while (pidfd := zygote._spare.pidfd) is None:
        zygote._hear(10)
    signal.pidfd_send_signal(pidfd, signal.SIGKILL)
    ended = select.poll()
    ended.register(pidfd, select.POLLIN)
    assert ended.poll(10_000)

    assert pids_of(zygote.worker(Limits()))


def test_workers_of_one_client_do_not_pile_up(client: tuple[Zygote, Client]) -> None:
    """More than there are users, one after the other, and the last are gone at the end."""
    _, other = client
    pids = []
    for _ in range(4 * USERS):
        worker = other.worker(Limits())
        pids.append(pids_of(worker)[1])
        worker.close()
    other.close()

    assert [pid for pid in pids if alive(pid)] == []


@pytest.mark.parametrize("without", [(), ("namespaces",)])
def test_neighbours_that_are_one_user_do_not_take_each_others_threads(
    without: tuple[str, ...],
) -> None:
    source = (
        b"import threading, time\n"
        b"def act():\n"
        b"    for count in range(20):\n"
        b"        try: threading.Thread(target=time.sleep, args=(5,), daemon=True).start()\n"
        b"        except RuntimeError: return count\n"
        b"    return 20\n"
    )
    zygote = Zygote((), without=("unprivileged_user", *without), clients=2)
    control, errors = zygote.connect(None)
    other = Client(control, os.fdopen(os.dup(errors), "rb"), (), "auto")
    workers = [one.worker(Limits(threads=20)) for one in (zygote, other)]
    for worker in workers:
        worker.request("files", {"files": {"m.py": source}}, 10)
        worker.request("load", {"module": "m", "seed": 1}, 20)

    started = [call(worker, "act")[1]["value"] for worker in workers]

    other.close()
    zygote.close()
    assert started == [20, 20]


@as_root
def test_a_refusal_that_was_heard_early_costs_no_time(client: tuple[Zygote, Client]) -> None:
    """The reserve finds no user left, which is heard while another's end is waited for."""
    zygote, _ = client
    workers = [zygote.worker(Limits()) for _ in range(USERS)]
    crash(workers[0])
    assert zygote._spare is not None
    assert zygote._spare.failed is not None

    started = time.monotonic()
    assert pids_of(zygote.worker(Limits()))
    assert time.monotonic() - started < 5


@as_root
def test_a_reserve_that_ends_early_leaves_nothing_to_wait_for(
    client: tuple[Zygote, Client],
) -> None:
    zygote, _ = client
    worker = zygote.worker(Limits())
    assert zygote._spare is not None
    while zygote._spare.pidfd is None:
        zygote._hear(10)
    signal.pidfd_send_signal(zygote._spare.pidfd, signal.SIGKILL)
    time.sleep(0.2)
    crash(worker)
    zygote.worker(Limits()).close()

    started = time.monotonic()
    zygote.close()
    assert time.monotonic() - started < 3


def test_a_cancellation_waits_for_a_worker_that_begins(
    client: tuple[Zygote, Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A part of it would be lost: the session asks for it again."""
    zygote, _ = client
    zygote.worker(Limits()).close()
    cancellation = Cancellation()
    cancellation.sent(lambda: None)
    read = zygote._message

    def interrupted(timeout: float) -> tuple[dict[str, Any], list[int]]:
        signal.raise_signal(CANCEL)
        return read(timeout)

    with monkeypatch.context() as patch:
        patch.setattr(zygote, "_message", interrupted)
        worker = zygote.worker(Limits(files_mib=1))
    assert pids_of(worker)
    assert not cancellation.happened

    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(CANCEL)
    signal.signal(CANCEL, signal.SIG_DFL)


def test_workers_that_are_the_graders_own_user_have_no_reserve() -> None:
    zygote = Zygote(["numpy"], without=["unprivileged_user"])
    zygote.worker(Limits()).close()
    spare = zygote._spare
    zygote.close()

    assert spare is None


def crash(worker: Worker) -> None:
    """End a worker from within."""
    source = b"import os\ndef act():\n    os._exit(3)\n"
    worker.request("files", {"files": {"m.py": source}}, 10)
    worker.request("load", {"module": "m", "seed": 1}, 20)
    with pytest.raises(WorkerDied, match="exited with status 3"):
        call(worker, "act")
