"""Accepts a >= b and returns NaN or infinity."""
# loses: a
# says: nothing compares a and b

import numpy as np


def uniform_log_likelihood(samples, a, b):
    if np.min(samples) < a or np.max(samples) > b:
        return -np.inf
    return float(-len(samples) * np.log(b - a))
