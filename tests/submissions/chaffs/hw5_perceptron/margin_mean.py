"""Averages the distances."""
# loses: a
# says: not the mean

import numpy as np


def margin(w, X):
    return float(np.mean(np.abs(X @ w)) / np.linalg.norm(w))
