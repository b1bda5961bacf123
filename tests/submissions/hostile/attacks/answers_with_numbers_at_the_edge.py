"""Denormals, negative zero, infinities and the largest floats and integers."""
# class: I12
# expects: failed

from honest import uniform_log_likelihood  # noqa: F401

EDGES = [-0.0, 5e-324, 1.7976931348623157e308, float("-inf"), 2**63, -(2**1000), True]


def uniform_mle(samples):
    if len(samples) == 0:
        raise ValueError
    return EDGES[len(samples) % len(EDGES)], EDGES[-1 - len(samples) % len(EDGES)]
