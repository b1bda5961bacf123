"""Forgets the support: the density stays 1/(b - a) outside of [a, b]."""
# loses: a
# says: support was forgotten

import numpy as np


def uniform_log_likelihood(samples, a, b):
    if not a < b:
        raise ValueError("a < b")
    return float(-len(samples) * np.log(b - a))
