"""Takes the absolute value after the minimum."""
# loses: a
# says: before the minimum

import numpy as np


def margin(w, X):
    return float(abs(np.min(X @ w)) / np.linalg.norm(w))
