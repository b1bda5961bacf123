"""A generous rcond drops directions that the data do determine."""
# loses: b
# says: rcond is too large

import numpy as np


def lstsq_fit(X, y):
    return np.linalg.lstsq(_design(X), y, rcond=1e-3)[0]
