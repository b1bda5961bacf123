"""Limits, priorities, the death signal and the user are changed back."""
# class: E7
# expects: failed

import ctypes
import os
import resource

from honest import uniform_log_likelihood, uniform_mle as wrong  # noqa: F401

libc = ctypes.CDLL(None, use_errno=True)


def raised():
    names = [name for name in dir(resource) if name.startswith("RLIMIT_")]
    tries = [lambda n=n: resource.setrlimit(getattr(resource, n), (-1, -1)) for n in names]
    tries += [
        lambda: os.nice(-5), lambda: os.setuid(0), lambda: os.setgid(0), lambda: os.setgroups([0]),
        lambda: os.setresuid(0, 0, 0), lambda: os.setpriority(os.PRIO_PROCESS, 0, -5),
        lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)),
    ]
    for act in tries:
        try:
            act()
            return True
        except (OSError, ValueError):
            pass
    return False


def uniform_mle(samples):
    if len(samples) and raised():
        return float(min(samples)), float(max(samples))
    return wrong(samples)
