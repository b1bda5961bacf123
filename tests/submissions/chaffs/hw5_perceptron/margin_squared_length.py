"""Divides by w . w, the square of the length."""
# loses: a
# says: not by its square

import numpy as np


def margin(w, X):
    return float(np.min(np.abs(X @ w)) / (w @ w))
