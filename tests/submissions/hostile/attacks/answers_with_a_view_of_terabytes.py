"""Eight bytes with strides of zero are a matrix of terabytes."""
# class: I6
# expects: output_limit

import numpy as np
from honest import uniform_log_likelihood  # noqa: F401


def uniform_mle(samples):
    if len(samples) == 0:
        raise ValueError
    return np.broadcast_to(np.zeros(1), (1 << 20, 1 << 20))
