"""Forgets the absolute value: points on the negative side have negative distance."""
# loses: a
# says: absolute value

import numpy as np


def margin(w, X):
    return float(np.min(X @ w) / np.linalg.norm(w))
