"""Widens the interval so that the estimate is unbiased."""
# loses: a
# says: remove a bias

import numpy as np


def uniform_mle(samples):
    if len(samples) == 0:
        raise ValueError("empty")
    low, high = np.min(samples), np.max(samples)
    step = (high - low) / max(len(samples) - 1, 1)
    return float(low - step), float(high + step)
