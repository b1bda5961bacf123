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
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import landlockpy
import seccompy

from grader.sandbox.limits import MIB, Limits

LAYERS = (
    "namespaces",
    "landlock",
    "seccomp",
    "rlimits",
    "unprivileged_user",
    "no_new_privileges",
    "empty_environment",
)

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 4, 24, 38
CPU_GRACE_S = 5
"""Seconds of the processor between the signal that tells and the one that ends."""
CLONE_NEWNS, CLONE_THREAD = 0x00020000, 0x00010000
CLONE_NEW_ANY = 0x7E020000
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_PRIVATE, MS_REC = 2, 4, 8, 1 << 18, 1 << 14

# What CPython, numpy, torch and matplotlib use to compute and to work on files that Landlock lets
# them open. Whatever is not listed fails with EPERM: no sockets, no process, no exec, no signal to
# another process, no ptrace, no mount, no keyring, no change of owner, mode or times of a file.
ALLOWED_SYSCALLS = """
    read write readv writev pread64 pwrite64 lseek close close_range fstat stat lstat newfstatat
    statx statfs fstatfs open openat creat access faccessat faccessat2 readlink readlinkat getcwd
    chdir fchdir getdents getdents64 mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2
    ftruncate fallocate fsync fdatasync fadvise64 dup dup2 dup3 pipe pipe2
    eventfd2 epoll_create1 epoll_ctl epoll_wait epoll_pwait poll ppoll select pselect6
    mmap munmap mremap mprotect madvise mincore msync brk mlock munlock membarrier
    futex futex_waitv set_robust_list get_robust_list rseq set_tid_address arch_prctl sched_yield
    sched_getaffinity sched_getparam sched_getscheduler
    sched_get_priority_max sched_get_priority_min getcpu getpriority
    rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigtimedwait rt_sigsuspend
    sigaltstack restart_syscall alarm setitimer getitimer pause nanosleep clock_nanosleep
    clock_gettime clock_getres gettimeofday time times getrusage sysinfo uname getrandom
    getpid gettid getppid getpgrp getpgid getsid getuid geteuid getgid getegid getresuid
    getresgid getgroups getrlimit umask capget exit exit_group
"""


# Duplicate a descriptor, read and set its flags, lock a part of a file, ask a pipe's size.
FCNTL_COMMANDS = (0, 1, 2, 3, 4, 5, 6, 7, 1030, 1032)


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
    _prctl(PR_SET_NO_NEW_PRIVS, 1)
    _prctl(PR_SET_DUMPABLE, 0)
    # Changing the user clears the death signal, so it comes after.
    _prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))
    if ruleset is not None:
        with ruleset:
            ruleset.restrict()
    os.chdir(plan.folder)
    if plan.seccomp:
        _seccomp_filter().load()


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


def harden() -> None:
    """Keep a process of the same user from reading this one's memory."""
    _prctl(PR_SET_DUMPABLE, 0)


def harden_zygote() -> None:
    """The same, and the zygote does not outlive the grader.

    Where memory ends, the kernel ends a zygote's worker, not the grader or a neighbour.
    """
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("900")
    harden()
    _prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))


def _worker_environment(folder: str) -> dict[str, str]:
    return {
        "HOME": folder,
        "TMPDIR": folder,
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": folder,
        "LANG": "C.UTF-8",
        **SINGLE_THREADED,
    }


SINGLE_THREADED = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
}

_libc = ctypes.CDLL(None, use_errno=True)


def _check(result: int, what: str) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")


def _prctl(option: int, value: int) -> None:
    _check(_libc.prctl(option, value, 0, 0, 0), f"prctl({option})")


def _mount_private(folder: str, uid: int | None, limits: Limits) -> None:
    """A memory file system of its own: its size is the quota, and it dies with the worker."""
    _check(_libc.unshare(CLONE_NEWNS), "unshare(CLONE_NEWNS)")
    _check(_libc.mount(None, b"/", None, MS_REC | MS_PRIVATE, None), "mount(private)")
    owner = os.getuid() if uid is None else uid
    options = f"size={limits.files_mib}m,nr_inodes=16384,mode=0700,uid={owner},gid={owner}"
    flags = MS_NOSUID | MS_NODEV | MS_NOEXEC
    done = _libc.mount(b"tmpfs", folder.encode(), b"tmpfs", flags, options.encode())
    _check(done, "mount(tmpfs)")


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
        if _libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            break
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    nothing = (ctypes.c_uint32 * 6)()
    _check(_libc.capset(header, nothing), "capset")


def _set_rlimits(limits: Limits, neighbours: int | None) -> None:
    # The kernel counts the threads of a user, not of a process. One that starts what it may must
    # not take it from the neighbours that are the same user.
    threads = limits.threads
    if neighbours is not None:
        threads = limits.threads * neighbours + _threads_of_user()
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


def _seccomp_filter() -> seccompy.Filter:
    """An allow-list: EPERM for the rest, death of the process for a foreign ABI."""
    op = seccompy.CmpOp
    own = os.getpid()
    rules = seccompy.Filter(default=int(seccompy.Action.ERRNO) | errno.EPERM)
    for name in _known(ALLOWED_SYSCALLS.split()):
        rules.allow(name)
    # Threads yes, processes no. glibc falls back to clone when clone3 does not exist.
    flags = CLONE_THREAD | CLONE_NEW_ANY
    rules.allow("clone", args=[(0, op.MASKED_EQ, CLONE_THREAD, flags)])
    rules.errno("clone3", errno.ENOSYS)
    # A process may end itself (abort uses tgkill) and nobody else.
    rules.allow("tgkill", args=[(0, op.EQ, own)])
    rules.allow("kill", args=[(0, op.EQ, own)])
    # Where a thread of this process runs, not where one of the grader's does.
    rules.allow("sched_setaffinity", args=[(0, op.EQ, 0)])
    # Not F_SETOWN and F_SETSIG: with them the kernel sends any signal to any process of the user.
    for command in FCNTL_COMMANDS:
        rules.allow("fcntl", args=[(1, op.EQ, command)])
    # Limits can be read; changing them needs a new value behind the third argument.
    rules.allow("prlimit64", args=[(2, op.EQ, 0)])
    # Names of threads only: no other property of the process is up for change.
    rules.allow("prctl", args=[(0, op.EQ, 15)])
    rules.allow("prctl", args=[(0, op.EQ, 16)])
    # Is this a terminal, how many bytes wait, close on exec: what open() and print() ask.
    for request in (0x5401, 0x541B, 0x5450, 0x5451, 0x5413):
        rules.allow("ioctl", args=[(1, op.EQ, request)])
    return rules


def _known(names: Sequence[str]) -> list[str]:
    """The names that exist on this machine's architecture (aarch64 has no `open`)."""
    known = []
    for name in names:
        with contextlib.suppress(ValueError):
            seccompy.syscall_nr(name)
            known.append(name)
    return known


def namespaces() -> dict[str, str]:
    """The namespaces that this process is in, as the kernel names them; empty off Linux."""
    found = {}
    for kind in ("mnt", "pid", "net", "ipc", "uts"):
        with contextlib.suppress(OSError):
            found[kind] = os.readlink(f"/proc/self/ns/{kind}")
    return found


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
