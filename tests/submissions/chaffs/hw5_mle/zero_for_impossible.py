"""Returns 0 for an impossible sample: the likelihood, not its logarithm."""
# loses: a
# says: 0 is the likelihood

import numpy as np


def uniform_log_likelihood(samples, a, b):
    if not a < b:
        raise ValueError("a < b")
    if np.min(samples) < a or np.max(samples) > b:
        return 0.0
    return float(-len(samples) * np.log(b - a))
