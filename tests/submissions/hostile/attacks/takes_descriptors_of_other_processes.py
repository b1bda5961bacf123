"""pidfd_open with pidfd_getfd, and descriptors that were left open by whoever started it."""
# class: B2
# expects: failed

import ctypes
import os

from honest import uniform_log_likelihood, uniform_mle as wrong  # noqa: F401

libc = ctypes.CDLL(None, use_errno=True)


def taken():
    inherited = [number for number in os.listdir("/proc/self/fd") if int(number) > 3]
    for number in inherited:
        try:
            if not os.readlink(f"/proc/self/fd/{number}").startswith("/proc"):
                return True
        except OSError:
            pass
    for pid in (os.getppid(), 1, 2):
        pidfd = libc.syscall(434, pid, 0)
        if pidfd >= 0 and libc.syscall(438, pidfd, 3, 0) >= 0:
            return True
    return False


def uniform_mle(samples):
    if len(samples) and taken():
        return float(min(samples)), float(max(samples))
    return wrong(samples)
