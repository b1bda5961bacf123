"""A column of ones is stacked below the basis, as for a plain regression."""
# loses: d
# says: no intercept is added

import numpy as np


def my_lin_regression(f, X, y):
    A = np.column_stack([*(basis(X) for basis in f), np.ones(len(X))])
    return np.linalg.lstsq(A, y, rcond=None)[0]
