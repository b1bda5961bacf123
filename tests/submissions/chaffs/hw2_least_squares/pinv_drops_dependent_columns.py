"""Dependent columns get coefficient 0: a solution, not the one of smallest norm."""
# loses: b
# says: smallest norm

import numpy as np


def pinv_fit(X, y):
    A = _design(X)
    kept = []
    for j in range(A.shape[1]):
        if np.linalg.matrix_rank(A[:, [*kept, j]]) == len(kept) + 1:
            kept.append(j)
    beta = np.zeros(A.shape[1])
    beta[kept] = np.linalg.pinv(A[:, kept]) @ y
    return beta
