"""The pseudo-inverse is taken of A^T A, which squares the condition number."""
# loses: b
# says: condition number was squared

import numpy as np


def pinv_fit(X, y):
    A = _design(X)
    return np.linalg.pinv(A.T @ A) @ (A.T @ y)
