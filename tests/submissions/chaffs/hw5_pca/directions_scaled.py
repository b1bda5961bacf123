"""Scales each direction by its singular value."""
# loses: b
# says: not of length 1

import numpy as np


def principal_directions(X, k):
    values = np.zeros(X.shape[1])
    values[: min(X.shape)] = np.linalg.svd(X, compute_uv=False)
    return _right_factor(X)[:, :k] * values[:k]
