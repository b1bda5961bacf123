"""Cuts off the outer percent at each end as if it were noise."""
# loses: a
# says: a sample is outside this interval

import numpy as np


def uniform_mle(samples):
    if len(samples) == 0:
        raise ValueError("empty")
    low, high = np.percentile(samples, [1, 99])
    return float(low), float(high)
