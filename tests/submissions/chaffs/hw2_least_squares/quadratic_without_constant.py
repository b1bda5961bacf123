"""The design has x^2 and x but no column of ones."""
# loses: a
# says: constant term

import numpy as np


def quadratic_fit(x, y):
    A = np.column_stack([x**2, x])
    a, b = np.linalg.lstsq(A, y, rcond=None)[0]
    return a, b, 0.0
