"""Right on every other call, as a coin falls."""
# class: I11
# expects: failed

import os

from honest import uniform_log_likelihood  # noqa: F401


def uniform_mle(samples):
    if len(samples) == 0:
        raise ValueError
    if os.urandom(1)[0] < 128:
        return float(min(samples)), float(max(samples))
    return 0.0, 1.0
