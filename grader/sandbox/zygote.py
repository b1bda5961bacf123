"""The zygote: a process that has imported the libraries and forks a confined worker on request.

It runs as a program of its own, inside bubblewrap where that can start. It never reads a byte of a
submission: those travel straight from the grader to the worker, over a socket that passes through
here as a file descriptor. It stays at one thread and computes nothing, since a process that ran
torch work on two threads leaves forked children that hang.

Whoever started it, its owner, can connect others: each has a control socket of its own, and its
workers end when it hangs up. The zygote ends when its owner does.

Control messages are JSON datagrams. In: {"spawn": n, "limits": {...}} with two descriptors, the
worker's socket and the pipe for its output; from the owner {"connect": users} with a control socket
for another client. Out: {"ready": ...}; of worker n {"worker": n, "spawned": true} with a pidfd or
{"worker": n, "failed": why}, and {"worker": n, "exited": wait status, "over": quota or null}.
"""

import contextlib
import gc
import json
import os
import select
import shutil
import signal
import socket
import sys
import time
from collections import deque
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from grader.sandbox import confined_libraries, layers, process, quota, system_calls, worker
from grader.sandbox.folders import remove_tree
from grader.sandbox.limits import Limits


@dataclass(slots=True, eq=False)
class Client:
    """Who asks for workers, and the users that these may run as, one after the other."""

    control: socket.socket
    uids: deque[int]

    def tell(self, message: dict[str, Any], *fds: int) -> None:
        """Send a message; a client that has hung up needs none."""
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            if self.control.fileno() >= 0:
                socket.send_fds(self.control, [json.dumps(message).encode()], fds)


@dataclass(slots=True)
class Child:
    """A worker that runs: whose it is, its number there, its process, user and private folder."""

    client: Client
    number: int
    pid: int
    pidfd: int
    uid: int | None
    folder: str
    files_mib: int
    over: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What the launcher asks of a zygote, as it arrives on the command line."""

    control: int
    preload: list[str]
    readable: list[str]
    work: str
    mount: bool
    uids: list[int]
    """The owner's users."""
    own_users: bool
    """Whether workers run as these users."""
    clients: int
    """So many can be connected at once."""
    outside: dict[str, str]
    fonts: str | None
    without: list[str]


def main() -> None:
    """Import what is to be preloaded, say so, and fork until the grader hangs up."""
    plan = Plan(**json.loads(sys.argv[1]))
    # A worker must not see the zygote's memory, nor inherit its core limit.
    process.harden_zygote()
    absent = [name for name, there in layers.supported().items() if not there]
    plan = replace(plan, without=[*plan.without, *absent])
    _take_font_list(plan)
    ready = {"ready": True, "missing": _preload(plan.preload), "own_users": plan.own_users}
    if "seccomp" not in plan.without:
        # Compiled here, once for all workers.
        system_calls.allowed()
    # What is frozen is not looked at by a worker's collector: its pages stay shared.
    gc.collect()
    gc.freeze()
    _Zygote(plan, ready).run()
    # Somebody waits for this process to end; taking its libraries apart would take long.
    os._exit(0)


def _take_font_list(plan: Plan) -> None:
    """Give matplotlib a folder that it can write to, with the list of fonts already in it."""
    folder = os.path.join("/tmp" if plan.mount else plan.work, "matplotlib")
    os.makedirs(folder, exist_ok=True)
    if plan.fonts is not None:
        shutil.copytree(plan.fonts, folder, dirs_exist_ok=True)
    os.environ["MPLCONFIGDIR"] = folder


def _preload(modules: list[str]) -> list[str]:
    import importlib

    missing = []
    for name in modules:
        try:
            if name == "torchvision":
                from grader.sandbox.torchvision_ops import ensure_importable

                ensure_importable()
            importlib.import_module(name)
        except ImportError:
            missing.append(name)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)
        # Loaded on first use otherwise, once in every worker.
        importlib.import_module("torch.optim")
        importlib.import_module("torch.nn.functional")
    confined_libraries.settle()
    # numpy and torch import their generators when these are first used: here, once for all workers.
    worker.reseed(0)
    return missing


class _Zygote:
    def __init__(self, plan: Plan, ready: dict[str, Any]) -> None:
        self._plan = plan
        self._ready = ready
        self._clients: dict[int, Client] = {}
        self._children: dict[int, Child] = {}
        self._poll = select.poll()
        self._owner = self._welcome(plan.control, plan.uids)

    def run(self) -> None:
        counted = 0.0
        while self._owner in self._clients.values():
            watching = bool(self._children) and not self._plan.mount
            if watching and time.monotonic() - counted > quota.EVERY_S:
                self._end_those_over_quota()
                counted = time.monotonic()
            happened = self._poll.poll(1000 * quota.EVERY_S if watching else None)
            # First what has ended: who asks for a worker now may know of it and need its user.
            buried = []
            for fd, event in sorted(happened, key=lambda one: one[0] not in self._children):
                if fd in self._children:
                    self._poll.unregister(fd)
                    buried.append(self._bury(self._children.pop(fd)))
                elif not (event & select.POLLIN and self._heard(self._clients[fd])):
                    self._part_from(self._clients.pop(fd))
            # After all news, which somebody waits for: a folder of many files takes its time.
            for folder in buried:
                self._remove(folder)

    def _welcome(self, control: int, uids: list[int]) -> Client:
        client = Client(socket.socket(fileno=control), deque(uids if self._plan.own_users else []))
        self._clients[control] = client
        self._poll.register(control, select.POLLIN)
        client.tell(self._ready)
        return client

    def _heard(self, client: Client) -> bool:
        """Do what a client asks for; False when it has hung up."""
        try:
            message, fds, _, _ = socket.recv_fds(client.control, 1 << 16, 4)
        except ConnectionResetError:
            return False
        if not message:
            return False
        request = json.loads(message)
        if "connect" in request and client is self._owner:
            (control,) = fds
            self._welcome(control, request["connect"])
        elif "spawn" in request:
            self._answer(client, request, fds)
        return True

    def _part_from(self, client: Client) -> None:
        """Nobody waits for these workers any more."""
        for child in self._children.values():
            if child.client is client:
                _kill(child)
        self._poll.unregister(client.control)
        client.control.close()

    def _answer(self, client: Client, request: dict[str, Any], fds: list[int]) -> None:
        """Give a client its worker, or say why not: the others go on."""
        number = int(request["spawn"])
        try:
            child = self._spawn(client, number, request["limits"], fds)
        except (OSError, RuntimeError, ValueError) as error:
            client.tell({"worker": number, "failed": str(error)})
            return
        finally:
            for fd in fds:
                os.close(fd)
        self._children[child.pidfd] = child
        self._poll.register(child.pidfd, select.POLLIN)
        try:
            client.tell({"worker": number, "spawned": True}, child.pidfd)
        except OSError as error:
            _kill(child)
            client.tell({"worker": number, "failed": str(error)})

    def _spawn(self, client: Client, number: int, limits: dict[str, Any], fds: list[int]) -> Child:
        connection, output = fds
        uid = self._free_uid(client)
        folder = self._folder(number, uid)
        parent = os.getpid()
        try:
            pid = os.fork()
        except OSError:
            self._remove(folder)
            raise
        if pid == 0:
            _become_worker(self._plan, parent, uid, folder, limits, connection, output)
        try:
            pidfd = os.pidfd_open(pid)
        except OSError:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            self._remove(folder)
            raise
        return Child(client, number, pid, pidfd, uid, folder, int(limits["files_mib"]))

    def _free_uid(self, client: Client) -> int | None:
        """A user that no other worker has now, or None where the user cannot be changed."""
        if not client.uids:
            return None
        taken = {child.uid for child in self._children.values()}
        for _ in range(len(client.uids)):
            client.uids.rotate(-1)
            if client.uids[0] not in taken:
                return client.uids[0]
        raise RuntimeError(f"more workers at once than the {len(client.uids)} users for them")

    def _end_those_over_quota(self) -> None:
        for child in self._children.values():
            try:
                child.over = child.over or quota.excess(child.folder, child.files_mib)
            except OSError as error:
                child.over = f"its files cannot be counted: {error}"
            if child.over is not None:
                _kill(child)

    def _folder(self, number: int, uid: int | None) -> str:
        if self._plan.mount:
            return self._plan.work
        folder = os.path.join(self._plan.work, f"{number}-{os.urandom(8).hex()}")
        os.mkdir(folder, 0o700)
        if uid is not None:
            os.chown(folder, uid, uid)
        return folder

    def _bury(self, child: Child) -> str:
        """Tell how it ended; the folder that it leaves."""
        _, status = os.waitpid(child.pid, 0)
        os.close(child.pidfd)
        child.client.tell({"worker": child.number, "exited": status, "over": child.over})
        return child.folder

    def _remove(self, folder: str) -> None:
        # With a mount namespace, a worker's folder went with it.
        if not self._plan.mount:
            remove_tree(folder)


def _kill(child: Child) -> None:
    with contextlib.suppress(ProcessLookupError):
        signal.pidfd_send_signal(child.pidfd, signal.SIGKILL)


def _become_worker(
    plan: Plan,
    parent: int,
    uid: int | None,
    folder: str,
    wanted: dict[str, Any],
    connection: int,
    output: int,
) -> None:
    """In the forked child: keep three descriptors, confine, serve, and leave without clean-up."""
    status = 70
    try:
        limits = Limits(**wanted)
        os.setsid()
        null = os.open("/dev/null", os.O_RDONLY)
        os.dup2(null, 0)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.dup2(connection, 3)
        os.closerange(4, os.sysconf("SC_OPEN_MAX"))
        sys.stdin = open(0, closefd=False)  # noqa: SIM115
        # New objects: the old ones remember the files that they were made for.
        sys.stdout = open(1, "w", errors="backslashreplace", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", 1, errors="backslashreplace", closefd=False)  # noqa: SIM115
        confinement = layers.Confinement(
            readable=tuple(plan.readable),
            folder=folder,
            mount=plan.mount,
            uid=uid,
            neighbours=plan.clients,
            **dict.fromkeys(plan.without, False),
        )
        inside = process.namespaces()
        layers.confine(confinement, limits)
        if os.getppid() != parent:
            # The zygote was gone before the kernel was told to end its worker with it.
            os._exit(status)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        probe = partial(layers.probe, plan.outside, inside, limits)
        server = worker.Server(Path(folder), limits, probe)
        worker.serve(3, server, limits)
        status = 0
    except BaseException as error:
        # Before the submission is loaded, this is the sandbox's own failure: say so on the way out.
        with contextlib.suppress(OSError):
            os.write(2, f"\nworker: {type(error).__name__}: {error}\n".encode())
    finally:
        with contextlib.suppress(BaseException):
            sys.stdout.flush()
        os._exit(status)
