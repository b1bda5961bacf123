"""Multiplies the coordinates in the singular basis by the singular values."""
# loses: a
# says: nothing is multiplied by the singular values

import numpy as np


def to_singular_basis(X, D):
    values = np.zeros(X.shape[1])
    values[: min(X.shape)] = np.linalg.svd(X, compute_uv=False)
    return values[:, None] * (_right_factor(X).T @ D)
