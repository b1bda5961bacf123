"""The row that started the stack is cut off although there was none."""
# loses: d
# says: one coefficient per basis function

import numpy as np


def my_lin_regression(f, X, y):
    A = np.array([basis(X) for basis in f])[1:]
    return np.linalg.pinv(A.T) @ y
