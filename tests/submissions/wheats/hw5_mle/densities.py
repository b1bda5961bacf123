"""The density of every sample as an array; the logarithm of zero is what it is."""

import numpy as np


class EmptyInterval(ValueError):
    """The ends are in the wrong order."""


def uniform_log_likelihood(samples, a, b):
    if b <= a:
        raise EmptyInterval(f"[{a}, {b}]")
    inside = np.logical_and(a <= samples, samples <= b)
    density = inside / (b - a)
    with np.errstate(divide="ignore"):
        return np.log(density).sum()


def uniform_mle(samples):
    # numpy raises ValueError itself for the minimum of nothing
    return samples.min(), samples.max()
