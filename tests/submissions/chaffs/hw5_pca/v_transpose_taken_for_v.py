"""The third factor of numpy's svd is taken for V; it is V^T."""
# loses: a
# says: numpy's svd returns v^t

import numpy as np


def _right_factor(X):
    return np.linalg.svd(X)[2]
