"""The honest twin of every attack on hw5_mle: the likelihood right, the estimate wrong."""

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
    return 0.0, 1.0
