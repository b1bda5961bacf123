"""Forgets that the density is 1/(b - a): the sign of the logarithm is wrong."""
# loses: a
# says: sign is wrong

import numpy as np


def uniform_log_likelihood(samples, a, b):
    if not a < b:
        raise ValueError("a < b")
    if np.min(samples) < a or np.max(samples) > b:
        return -np.inf
    return float(len(samples) * np.log(b - a))
