"""The coefficients come in the reverse order of the functions."""
# loses: d
# says: order of f

import numpy as np


def my_lin_regression(f, X, y):
    A = np.column_stack([basis(X) for basis in reversed(f)])
    return np.linalg.lstsq(A, y, rcond=None)[0]
