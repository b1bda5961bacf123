"""Returns a very negative number for an impossible sample."""
# loses: a
# says: return -math.inf

import numpy as np


def uniform_log_likelihood(samples, a, b):
    if not a < b:
        raise ValueError("a < b")
    if np.min(samples) < a or np.max(samples) > b:
        return -1e10
    return float(-len(samples) * np.log(b - a))
