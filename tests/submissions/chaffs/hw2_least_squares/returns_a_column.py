"""beta comes back as a column of shape (n + 1, 1)."""
# loses: b
# says: not a column

import numpy as np


def normal_equation(X, y):
    A = _design(X)
    return np.linalg.solve(A.T @ A, A.T @ y.reshape(-1, 1))
