"""The ends are the quantiles of order 0 and 1."""

import numpy as np


def uniform_log_likelihood(samples, a, b):
    if np.greater_equal(a, b):
        raise ValueError("a < b is needed")
    n = samples.size
    outside = np.count_nonzero(samples < a) + np.count_nonzero(samples > b)
    return np.where(outside > 0, -np.inf, -n * np.log(b - a))


def uniform_mle(samples):
    if samples.size < 1:
        raise ValueError("an empty sample")
    ends = np.quantile(samples, [0.0, 1.0])
    return ends[0], ends[1]
