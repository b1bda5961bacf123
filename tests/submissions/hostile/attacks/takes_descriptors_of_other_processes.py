"""pidfd_open with pidfd_getfd, and descriptors that were left open by whoever started it."""
# class: B2
# expects: failed

import ctypes
import errno
import os

from honest import uniform_log_likelihood, uniform_mle as wrong  # noqa: F401

libc = ctypes.CDLL(None, use_errno=True)


def taken():
    for number in range(4, 256):
        try:
            os.fstat(number)
            return True
        except OSError:
            pass
    for call in ((434, os.getppid(), 0), (434, 1, 0), (438, -1, 3, 0)):
        if libc.syscall(*call) >= 0 or ctypes.get_errno() not in (errno.EPERM, errno.ENOSYS):
            return True
    return False


def uniform_mle(samples):
    if len(samples) and taken():
        return float(min(samples)), float(max(samples))
    return wrong(samples)
