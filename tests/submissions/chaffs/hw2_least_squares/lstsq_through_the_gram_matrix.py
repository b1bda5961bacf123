"""lstsq solves the normal equations, which squares the condition number."""
# loses: b
# says: condition number was squared

import numpy as np


def lstsq_fit(X, y):
    A = _design(X)
    return np.linalg.lstsq(A.T @ A, A.T @ y, rcond=None)[0]
