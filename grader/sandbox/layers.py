"""The isolation layers that a worker puts around itself before it loads a submission.

Everything here is enforced by the kernel: a submission is assumed to run arbitrary native code, so
nothing at the level of Python is a boundary. `confine` runs in the freshly forked worker while it
has one thread and no byte of a submission; `probe` then tries the forbidden acts.

What this does not protect from: bugs of the kernel and the CPU, and covert timing channels.
"""

import contextlib
import ctypes
import ctypes.util
import errno
import os
import resource
import signal
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import landlockpy
import seccompy

from grader.sandbox import system_calls
from grader.sandbox.limits import MIB, Limits
from grader.sandbox.process import (
    LIBRARY_SETTINGS,
    PR_SET_DUMPABLE,
    PR_SET_PDEATHSIG,
    check,
    libc,
    prctl,
)

PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 24, 38
CPU_GRACE_S = 5
"""Seconds of the processor between the signal that tells and the one that ends."""
CLONE_NEWNS = 0x00020000
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_PRIVATE, MS_REC = 2, 4, 8, 1 << 18, 1 << 14


@dataclass(frozen=True, slots=True)
class Confinement:
    """What a worker is given: where it may read, where it may write, as whom it runs."""

    readable: tuple[str, ...]
    """Paths that may be read and executed: the interpreter and its packages."""
    folder: str
    """The worker's private folder, the only place where it may write."""
    mount: bool
    """Whether the private folder gets its own memory file system (needs a mount namespace)."""
    uid: int | None
    """The user to become; None to stay the same."""
    neighbours: int = 1
    """How many workers there are at once that stay the same user."""
    landlock: bool = True
    seccomp: bool = True
    rlimits: bool = True


def confine(plan: Confinement, limits: Limits) -> None:
    """Put every layer around the calling process. It must have exactly one thread.

    Raises OSError when a layer that was asked for cannot be put on: the worker must not go on.
    """
    if len(os.listdir("/proc/self/task")) != 1:
        # A thread that exists before Landlock and seccomp would keep full access.
        raise OSError(errno.EBUSY, "the worker has more than one thread before it is confined")
    os.environ.clear()
    os.environ.update(_worker_environment(plan.folder))
    if plan.mount:
        _mount_private(plan.folder, plan.uid, limits)
    ruleset = _landlock(plan) if plan.landlock else None
    _become(plan.uid)
    if plan.rlimits:
        _set_rlimits(limits, None if plan.uid is not None else plan.neighbours)
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    prctl(PR_SET_DUMPABLE, 0)
    # Changing the user clears the death signal, so it comes after.
    prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))
    if ruleset is not None:
        with ruleset:
            ruleset.restrict()
    os.chdir(plan.folder)
    if plan.seccomp:
        system_calls.confine()


def supported() -> dict[str, bool]:
    """Whether this kernel has Landlock and seccomp. Call it once before forking workers.

    Both libraries look for the C library on first use, by running a compiler and the linker where
    they find them: that costs 0.1 s, and a confined worker can start neither. The process's own
    symbols, which they fall back to, are all that they need.
    """
    found = ctypes.util.find_library
    ctypes.util.find_library = lambda name: None
    try:
        # Before its third version Landlock does not cover the truncation of a file.
        landlock = landlockpy.supported() and landlockpy.abi_version() >= 3
        return {"landlock": landlock, "seccomp": seccompy.supported()}
    finally:
        ctypes.util.find_library = found


def _worker_environment(folder: str) -> dict[str, str]:
    return {
        "HOME": folder,
        "TMPDIR": folder,
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": folder,
        "LANG": "C.UTF-8",
        **LIBRARY_SETTINGS,
    }


def _mount_private(folder: str, uid: int | None, limits: Limits) -> None:
    """A memory file system of its own: its size is the quota, and it dies with the worker."""
    check(libc.unshare(CLONE_NEWNS), "unshare(CLONE_NEWNS)")
    check(libc.mount(None, b"/", None, MS_REC | MS_PRIVATE, None), "mount(private)")
    owner = os.getuid() if uid is None else uid
    options = f"size={limits.files_mib}m,nr_inodes=16384,mode=0700,uid={owner},gid={owner}"
    flags = MS_NOSUID | MS_NODEV | MS_NOEXEC
    done = libc.mount(b"tmpfs", folder.encode(), b"tmpfs", flags, options.encode())
    check(done, "mount(tmpfs)")


def _landlock(plan: Confinement) -> landlockpy.Ruleset:
    """Rules are prepared before the user changes: opening the roots may need its rights."""
    fs = landlockpy.AccessFS
    read = fs.READ_FILE | fs.READ_DIR | fs.EXECUTE
    write = (
        fs.READ_FILE | fs.READ_DIR | fs.WRITE_FILE | fs.TRUNCATE
        | fs.MAKE_REG | fs.MAKE_DIR | fs.REMOVE_FILE | fs.REMOVE_DIR
    )  # fmt: skip
    scope = landlockpy.Scope.ABSTRACT_UNIX_SOCKET | landlockpy.Scope.SIGNAL
    ruleset = landlockpy.Ruleset(scoped=scope)
    for path in plan.readable:
        rights = read if os.path.isdir(path) else read & ~fs.READ_DIR
        ruleset.allow_path(path, rights)
    ruleset.allow_path(plan.folder, write)
    for device in ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random"):
        ruleset.allow_path(device, fs.READ_FILE | fs.WRITE_FILE)
    return ruleset


def _become(uid: int | None) -> None:
    if uid is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    for capability in range(64):
        # Fails past the kernel's last capability, and where we hold none: nothing left to drop.
        if libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            break
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    nothing = (ctypes.c_uint32 * 6)()
    check(libc.capset(header, nothing), "capset")


def _set_rlimits(limits: Limits, neighbours: int | None) -> None:
    # The kernel counts the threads of a user, not of a process. One that starts what it may must
    # not take it from the neighbours that are the same user.
    threads = limits.threads
    if neighbours is not None:
        # Each of them may still have a predecessor that is ending.
        threads = limits.threads * 2 * neighbours + _threads_of_user()
    bounds = {
        resource.RLIMIT_AS: limits.memory_mib * MIB,
        resource.RLIMIT_FSIZE: limits.files_mib * MIB,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: MIB,
        resource.RLIMIT_NPROC: threads,
    }
    for which, bound in bounds.items():
        _, hard = resource.getrlimit(which)
        value = _within(bound, hard)
        resource.setrlimit(which, (value, value))
    # The kernel ends a process at the hard limit with SIGKILL, and tells why at the soft one only.
    seconds = int(limits.import_s + limits.check_s) * 2 + 10
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    bound = _within(seconds + CPU_GRACE_S, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (min(seconds, bound), bound))


def _within(bound: int, hard: int) -> int:
    return bound if hard == resource.RLIM_INFINITY else min(bound, hard)


def _threads_of_user() -> int:
    me, count = os.getuid(), 0
    for process in Path("/proc").iterdir():
        if process.name.isdecimal():
            with contextlib.suppress(OSError):
                if process.stat().st_uid == me:
                    count += len(os.listdir(process / "task"))
    return count


def probe(outside: dict[str, str], inside: dict[str, str], limits: Limits) -> dict[str, bool]:
    """Try the forbidden acts from inside: for each layer, whether it held.

    `outside` are the grader's namespaces and `inside` those of the zygote, which a worker shares
    but for the mounts: each of the five has to be another one.
    """
    status = Path("/proc/self/status").read_text() if os.path.exists("/proc/self/status") else ""
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    return {
        "namespaces": len(inside) == 5 and all(outside[k] != inside[k] for k in inside),
        "landlock": _denied(lambda: os.listdir("/")),
        "seccomp": _denied(lambda: socket.socket(socket.AF_INET).close()) and _denied(_fork),
        "rlimits": resource.getrlimit(resource.RLIMIT_AS)[1] == limits.memory_mib * MIB
        and resource.getrlimit(resource.RLIMIT_CORE)[1] == 0,
        "unprivileged_user": os.getuid() != 0 and int(fields.get("CapEff", "1"), 16) == 0,
        "no_new_privileges": fields.get("NoNewPrivs", "0").strip() == "1",
        "empty_environment": set(os.environ) == set(_worker_environment("")),
    }


def _denied(act: Callable[[], object]) -> bool:
    try:
        act()
    except PermissionError:
        return True
    except OSError:
        return False
    return False


def _fork() -> None:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
