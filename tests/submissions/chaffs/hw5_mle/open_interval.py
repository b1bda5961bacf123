"""Takes the interval as open: a sample at one of its ends is called impossible."""
# loses: a
# says: the interval is closed

import numpy as np


def uniform_log_likelihood(samples, a, b):
    if not a < b:
        raise ValueError("a < b")
    if np.min(samples) <= a or np.max(samples) >= b:
        return -np.inf
    return float(-len(samples) * np.log(b - a))
