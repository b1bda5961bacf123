"""Each function is fitted alone, as if they were orthogonal."""
# loses: d
# says: fitted together

import numpy as np


def my_lin_regression(f, X, y):
    return np.array([basis(X) @ y / (basis(X) @ basis(X)) for basis in f])
