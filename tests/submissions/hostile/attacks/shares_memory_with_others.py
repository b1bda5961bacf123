"""System V and POSIX shared memory, message queues and anonymous files."""
# class: B10
# expects: failed

import ctypes
import errno
import os

from honest import uniform_log_likelihood, uniform_mle as wrong  # noqa: F401

libc = ctypes.CDLL(None, use_errno=True)
# shmget, msgget, semget, mq_open, memfd_create, memfd_secret, shmat: what they ask for is not there.
CALLS = [(29, 99, 0, 0), (68, 99, 0), (64, 99, 0, 0), (240, b"/none", 0, 0, None),
         (319, None, 0), (447, 99), (30, 99, None, 0)]  # fmt: skip


def shared():
    for call in CALLS:
        if libc.syscall(*call) >= 0 or ctypes.get_errno() not in (errno.EPERM, errno.ENOSYS):
            return True
    try:
        os.listdir("/dev/shm")
        return True
    except OSError:
        return False


def uniform_mle(samples):
    if len(samples) and shared():
        return float(min(samples)), float(max(samples))
    return wrong(samples)
