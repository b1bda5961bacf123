"""The affinity and the priority of other processes are changed."""
# class: F3
# expects: failed

import ctypes
import errno
import os

from honest import uniform_log_likelihood, uniform_mle as wrong  # noqa: F401

libc = ctypes.CDLL(None, use_errno=True)


def moved():
    mask = ctypes.create_string_buffer(128)
    for pid in {os.getppid(), *range(1, 200)} - {0, os.getpid()}:
        size = libc.syscall(204, pid, 128, mask)  # what it has, so that nothing changes
        if size > 0 and libc.syscall(203, pid, size, mask) == 0:
            return True
    for call in ((141, -1, 0, 0), (251, -1, 0, 0)):  # setpriority, ioprio_set: of nobody
        if libc.syscall(*call) >= 0 or ctypes.get_errno() not in (errno.EPERM, errno.ENOSYS):
            return True
    return False


def uniform_mle(samples):
    if len(samples) and moved():
        return float(min(samples)), float(max(samples))
    return wrong(samples)
