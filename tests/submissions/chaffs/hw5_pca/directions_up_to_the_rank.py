"""Returns fewer than k directions where k exceeds the number of examples."""
# loses: b
# says: k columns are asked for

import numpy as np


def principal_directions(X, k):
    return np.linalg.svd(X, full_matrices=False)[2][:k].T
