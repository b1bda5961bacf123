"""Looks for the ends starting from 0 instead of from a sample."""
# loses: a
# says: not from 0


def uniform_mle(samples):
    if len(samples) == 0:
        raise ValueError("empty")
    a = b = 0.0
    for x in samples:
        a = min(a, float(x))
        b = max(b, float(x))
    return a, b
