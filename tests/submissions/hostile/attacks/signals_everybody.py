"""Signals to the parent, to all processes and to whole groups, by every call that sends one."""
# class: G1
# expects: failed

import ctypes
import os
import signal

from honest import uniform_log_likelihood, uniform_mle as wrong  # noqa: F401

libc = ctypes.CDLL(None, use_errno=True)
INFO = ctypes.create_string_buffer(128)


def reached():
    for pid in (os.getppid(), -1, 0, 1, 2, -os.getpgid(0), os.getpid() - 1, os.getpid() + 1):
        for number in (signal.SIGSTOP, signal.SIGKILL, signal.SIGINT):
            calls = [(62, pid, number), (200, pid, number), (234, pid, pid, number),
                     (129, pid, number, INFO), (297, pid, pid, number, INFO)]
            if any(libc.syscall(*call) == 0 for call in calls):
                return True
    return False


def uniform_mle(samples):
    if len(samples) and reached():
        return float(min(samples)), float(max(samples))
    return wrong(samples)
