"""The system calls that a worker may make: the filter that the kernel puts before every one."""

import contextlib
import errno
import os
from collections.abc import Sequence
from functools import cache

import seccompy

CLONE_THREAD, CLONE_NEW_ANY = 0x00010000, 0x7E020000

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


def confine() -> None:
    """Let this process make the allowed calls alone: EPERM for the rest, death for a foreign ABI.

    The kernel asks every filter and does what the strictest says.
    """
    _to_itself().load()
    allowed().load()


def _to_itself() -> seccompy.Filter:
    """A process may end itself (abort uses tgkill) and nobody else."""
    rules = seccompy.Filter(default=seccompy.Action.ALLOW)
    for name in ("tgkill", "kill"):
        rules.errno(name, errno.EPERM, args=[(0, seccompy.CmpOp.NE, os.getpid())])
    return rules


@cache
def allowed() -> seccompy.Filter:
    """The allow-list, compiled: a zygote does that once for all of its workers."""
    op = seccompy.CmpOp
    rules = seccompy.Filter(default=int(seccompy.Action.ERRNO) | errno.EPERM)
    for name in _known(ALLOWED_SYSCALLS.split()):
        rules.allow(name)
    # Threads yes, processes no. glibc falls back to clone when clone3 does not exist.
    flags = CLONE_THREAD | CLONE_NEW_ANY
    rules.allow("clone", args=[(0, op.MASKED_EQ, CLONE_THREAD, flags)])
    rules.errno("clone3", errno.ENOSYS)
    # To whom is the other filter's to say.
    rules.allow("tgkill")
    rules.allow("kill")
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
    assert rules.program
    return rules


def _known(names: Sequence[str]) -> list[str]:
    """The names that exist on this machine's architecture (aarch64 has no `open`)."""
    known = []
    for name in names:
        with contextlib.suppress(ValueError):
            seccompy.syscall_nr(name)
            known.append(name)
    return known
