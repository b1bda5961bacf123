"""Returns the likelihood itself."""
# loses: a
# says: not its logarithm

import numpy as np


def uniform_log_likelihood(samples, a, b):
    if not a < b:
        raise ValueError("a < b")
    if np.min(samples) < a or np.max(samples) > b:
        return 0.0
    return float((b - a) ** -len(samples))
