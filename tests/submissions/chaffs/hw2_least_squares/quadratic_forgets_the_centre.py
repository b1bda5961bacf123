"""x is centred for the fit, and the coefficients are not expanded again."""
# loses: a
# says: belong to x less its mean

import numpy as np


def quadratic_fit(x, y):
    a, b, c = np.linalg.lstsq(np.vander(x - x.mean(), 3), y, rcond=None)[0]
    return a, b, c
