"""Training at import, without an end."""
# class: K
# expects: import_error, timeout
# says: no answer within 20 s
# only: hw5_mle.estimate_is_min_and_max

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
    return float(np.min(samples)), float(np.max(samples))

while True:
    np.linalg.svd(np.ones((50, 50)))
