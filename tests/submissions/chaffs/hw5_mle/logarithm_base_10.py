"""Uses the logarithm to base 10."""
# loses: a
# says: base 10

import numpy as np


def uniform_log_likelihood(samples, a, b):
    if not a < b:
        raise ValueError("a < b")
    if np.min(samples) < a or np.max(samples) > b:
        return -np.inf
    return float(-len(samples) * np.log10(b - a))
