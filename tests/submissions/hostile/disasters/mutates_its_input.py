"""Sorts the array that it was given."""
# class: I7
# expects: failed, passed
# says: in place

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
    samples.sort()
    return float(samples[0]), float(samples[-1])
