"""Signals to the parent, to all processes and to whole groups, by every call that sends one."""
# class: G1
# expects: failed

import ctypes
import errno
import os

from honest import uniform_log_likelihood, uniform_mle as wrong  # noqa: F401

libc = ctypes.CDLL(None, use_errno=True)
INFO = ctypes.create_string_buffer(128)
NOTHING = 0  # the kernel asks for the same rights, and nobody is hurt where it gives them


def reached():
    for pid in (os.getppid(), -1, 0, 1, 2, -os.getpgid(0), os.getpid() - 1, os.getpid() + 1):
        for call in ((62, pid, NOTHING), (200, pid, NOTHING), (234, pid, pid, NOTHING),
                     (129, pid, NOTHING, INFO), (297, pid, pid, NOTHING, INFO)):
            if libc.syscall(*call) == 0 or ctypes.get_errno() == errno.ESRCH:
                return True
    return False


def uniform_mle(samples):
    if len(samples) and reached():
        return float(min(samples)), float(max(samples))
    return wrong(samples)
