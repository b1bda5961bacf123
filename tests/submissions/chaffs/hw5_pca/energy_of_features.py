"""Measures |S D| in place of |X D|: the rotation is forgotten in the energy."""
# loses: b
# says: this is |s d|^2

import numpy as np


def captured_energy(X, D):
    S = np.zeros(X.shape)
    np.fill_diagonal(S, np.linalg.svd(X, compute_uv=False))
    return np.sum((S @ D) ** 2)
