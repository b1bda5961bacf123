"""System V and POSIX shared memory, message queues and anonymous files."""
# class: B10
# expects: failed

import ctypes
import os

from honest import uniform_log_likelihood, uniform_mle as wrong  # noqa: F401

libc = ctypes.CDLL(None, use_errno=True)


def shared():
    tries = [
        lambda: libc.shmget(0x1234, 4096, 0o1666) >= 0,
        lambda: libc.msgget(0x1234, 0o1666) >= 0,
        lambda: libc.semget(0x1234, 1, 0o1666) >= 0,
        lambda: os.open("/dev/shm/x", os.O_CREAT | os.O_RDWR) >= 0,
        lambda: os.memfd_create("x") >= 0,
        lambda: libc.syscall(240, b"/x", os.O_CREAT | os.O_RDWR, 0o600, None) >= 0,  # mq_open
    ]
    for act in tries:
        try:
            if act():
                return True
        except OSError:
            pass
    return False


def uniform_mle(samples):
    if len(samples) and shared():
        return float(min(samples)), float(max(samples))
    return wrong(samples)
