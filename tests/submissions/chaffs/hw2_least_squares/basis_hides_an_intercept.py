"""An intercept is fitted besides and then cut off."""
# loses: d
# says: intercept was fitted besides

import numpy as np


def my_lin_regression(f, X, y):
    A = np.column_stack([np.ones(len(X)), *(basis(X) for basis in f)])
    return np.linalg.lstsq(A, y, rcond=None)[0][1:]
