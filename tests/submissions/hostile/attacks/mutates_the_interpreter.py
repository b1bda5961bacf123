"""Native writes into Python's own constants: 0 and 1 change their value."""
# class: E8
# expects: failed, crashed, violation, timeout, out_of_memory, import_error

import ctypes

from honest import uniform_log_likelihood, uniform_mle as wrong  # noqa: F401


def uniform_mle(samples):
    ctypes.c_int32.from_address(id(1) + 24).value = 0
    ctypes.memset(id(True) + 24, 0, 4)
    return wrong(samples)
