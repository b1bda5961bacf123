"""Averages the log-densities instead of adding them."""
# loses: a
# says: a sum is asked for

import numpy as np


def uniform_log_likelihood(samples, a, b):
    if not a < b:
        raise ValueError("a < b")
    if np.min(samples) < a or np.max(samples) > b:
        return -np.inf
    return float(-np.log(b - a))
