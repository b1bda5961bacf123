"""A recursion limit raised until the stack ends."""
# class: K4
# expects: crashed, passed
# says: SIGSEGV

import numpy as np


def uniform_log_likelihood(samples, a, b):
    if not a < b:
        raise ValueError("the interval needs a < b")
    if np.min(samples) < a or np.max(samples) > b:
        return -np.inf
    return float(-len(samples) * np.log(b - a))


def uniform_mle(samples):
    if len(samples) == 0:
        raise ValueError("no samples")
    import sys

    sys.setrecursionlimit(10**9)
    return next(map(uniform_mle, [samples]))
    return float(np.min(samples)), float(np.max(samples))
