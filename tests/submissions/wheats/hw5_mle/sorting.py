"""Sorts the sample once and reads both ends."""

import math


def uniform_log_likelihood(samples, a, b):
    if a >= b:
        raise ValueError("a must be smaller than b")
    ordered = sorted(samples)
    # every sample lies between the first and the last
    if ordered[0] < a or ordered[-1] > b:
        return float("-inf")
    return -len(ordered) * math.log(b - a)


def uniform_mle(samples):
    ordered = sorted(samples)
    if not ordered:
        raise ValueError("no samples")
    return ordered[0], ordered[-1]
