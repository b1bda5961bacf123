"""x is centred in place, so the caller's array changes."""
# loses: a
# says: in place

import numpy as np


def quadratic_fit(x, y):
    mean = x.mean()
    x -= mean
    a, b, c = np.linalg.lstsq(np.vander(x, 3), y, rcond=None)[0]
    return a, b - 2 * a * mean, c - b * mean + a * mean**2
