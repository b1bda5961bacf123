"""The column of ones is appended at the end."""
# loses: b
# says: intercept comes first

import numpy as np


def _design(X):
    return np.column_stack([X, np.ones(len(X))])
