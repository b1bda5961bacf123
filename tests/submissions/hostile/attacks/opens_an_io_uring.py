"""io_uring can open sockets and files past a filter of system calls."""
# class: B7
# expects: failed

import ctypes

from honest import uniform_log_likelihood, uniform_mle as wrong  # noqa: F401

libc = ctypes.CDLL(None, use_errno=True)


def uniform_mle(samples):
    if len(samples) and libc.syscall(425, 8, ctypes.create_string_buffer(256)) >= 0:
        return float(min(samples)), float(max(samples))
    return wrong(samples)
