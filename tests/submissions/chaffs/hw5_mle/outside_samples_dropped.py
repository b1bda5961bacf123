"""Leaves samples outside of the interval out of the sum."""
# loses: a
# says: left out

import numpy as np


def uniform_log_likelihood(samples, a, b):
    if not a < b:
        raise ValueError("a < b")
    inside = np.sum((samples >= a) & (samples <= b))
    return float(-inside * np.log(b - a))
