"""Estimates the upper end only and takes the lower one for 0."""
# loses: a
# says: a is estimated too

import numpy as np


def uniform_mle(samples):
    if len(samples) == 0:
        raise ValueError("empty")
    return 0.0, float(np.max(samples))
