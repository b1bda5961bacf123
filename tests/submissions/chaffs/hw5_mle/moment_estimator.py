"""Matches the mean and the standard deviation instead of the likelihood."""
# loses: a
# says: moment estimator

import numpy as np


def uniform_mle(samples):
    if len(samples) == 0:
        raise ValueError("empty")
    half = np.sqrt(3) * np.std(samples)
    return float(np.mean(samples) - half), float(np.mean(samples) + half)
