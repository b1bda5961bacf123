"""The whole tuple of np.linalg.lstsq is returned instead of its first item."""
# loses: b
# says: returns four things

import numpy as np


def lstsq_fit(X, y):
    return np.linalg.lstsq(_design(X), y, rcond=None)
