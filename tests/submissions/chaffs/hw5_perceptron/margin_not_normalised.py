"""Does not divide by the length of w."""
# loses: a
# says: divide by the length

import numpy as np


def margin(w, X):
    return float(np.min(np.abs(X @ w)))
