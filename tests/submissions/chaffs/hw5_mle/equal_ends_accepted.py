"""Accepts a = b, an interval without length."""
# loses: a
# says: a < b is asked for

import numpy as np


def uniform_log_likelihood(samples, a, b):
    if a > b:
        raise ValueError("a > b")
    if a == b:
        return np.inf
    if np.min(samples) < a or np.max(samples) > b:
        return -np.inf
    return float(-len(samples) * np.log(b - a))
