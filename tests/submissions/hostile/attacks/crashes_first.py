"""A native crash in the first check, to void those that follow."""
# class: G7
# expects: crashed

import ctypes

from honest import uniform_log_likelihood  # noqa: F401


def uniform_mle(samples):
    ctypes.string_at(1)
