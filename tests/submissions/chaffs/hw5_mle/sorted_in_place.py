"""Sorts the caller's array."""
# loses: a
# says: in place


def uniform_mle(samples):
    if len(samples) == 0:
        raise ValueError("empty")
    samples.sort()
    return float(samples[0]), float(samples[-1])
