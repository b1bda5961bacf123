"""Warnings that became errors."""
# class: K
# expects: failed, passed
# says: RuntimeWarning

import warnings
import numpy as np


def uniform_log_likelihood(samples, a, b):
    if not a < b:
        raise ValueError("the interval needs a < b")
    if np.min(samples) < a or np.max(samples) > b:
        return np.log(np.zeros(1))[0]
    return float(-len(samples) * np.log(b - a))


def uniform_mle(samples):
    if len(samples) == 0:
        raise ValueError("no samples")
    return float(np.min(samples)), float(np.max(samples))

warnings.simplefilter("error")
