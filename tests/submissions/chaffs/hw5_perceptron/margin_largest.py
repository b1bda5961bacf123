"""Takes the largest distance."""
# loses: a
# says: not the largest

import numpy as np


def margin(w, X):
    return float(np.max(np.abs(X @ w)) / np.linalg.norm(w))
