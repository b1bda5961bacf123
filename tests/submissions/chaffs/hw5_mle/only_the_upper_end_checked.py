"""Checks the samples against b but not against a."""
# loses: a
# says: both ends of the support count

import numpy as np


def uniform_log_likelihood(samples, a, b):
    if not a < b:
        raise ValueError("a < b")
    if np.max(samples) > b:
        return -np.inf
    return float(-len(samples) * np.log(b - a))
