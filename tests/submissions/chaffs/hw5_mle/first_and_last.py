"""Takes the first and the last sample for the ends."""
# loses: a
# says: not sorted


def uniform_mle(samples):
    if len(samples) == 0:
        raise ValueError("empty")
    return float(samples[0]), float(samples[-1])
