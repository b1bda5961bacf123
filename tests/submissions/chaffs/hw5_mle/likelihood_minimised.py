"""Has both directions reversed: a is as large as it can be, b as small."""
# loses: a
# says: swapped


def uniform_mle(samples):
    if len(samples) == 0:
        raise ValueError("empty")
    return float(samples.max()), float(samples.min())
