"""The eigenvectors of X^T X are used in the order of eigh, smallest first."""
# loses: a, b
# says: eigh

import numpy as np


def _right_factor(X):
    return np.linalg.eigh(X.T @ X)[1]
