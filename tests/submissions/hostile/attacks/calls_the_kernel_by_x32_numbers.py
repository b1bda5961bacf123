"""System calls with the bit of the x32 interface set."""
# class: E4
# expects: failed, crashed

import ctypes

from honest import uniform_log_likelihood, uniform_mle as wrong  # noqa: F401

libc = ctypes.CDLL(None, use_errno=True)
X32 = 0x40000000


def uniform_mle(samples):
    tries = ((X32 + 57, ()), (X32 + 41, (1, 1, 0)), (X32 + 39, ()), (X32 + 521, ()))
    if len(samples) and any(libc.syscall(number, *rest) > 0 for number, rest in tries):
        return float(min(samples)), float(max(samples))
    return wrong(samples)
