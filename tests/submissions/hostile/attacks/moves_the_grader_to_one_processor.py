"""The affinity and the priority of other processes are changed."""
# class: F3
# expects: failed

import ctypes
import os

from honest import uniform_log_likelihood, uniform_mle as wrong  # noqa: F401

libc = ctypes.CDLL(None, use_errno=True)


def moved():
    mask = ctypes.c_uint64(1)
    others = {os.getppid(), *range(1, 200)} - {0, os.getpid()}
    return any(
        libc.syscall(203, pid, 8, ctypes.byref(mask)) == 0
        or libc.syscall(141, 0, pid, 19) == 0  # setpriority
        or libc.syscall(251, 1, pid, 0x6000) == 0  # ioprio_set
        for pid in others
    )


def uniform_mle(samples):
    if len(samples) and moved():
        return float(min(samples)), float(max(samples))
    return wrong(samples)
