"""Makes the first entry of each direction positive in the caller's own array."""
# loses: a
# says: in place

import numpy as np


def to_singular_basis(X, D):
    D *= np.where(D[0] < 0, -1.0, 1.0)
    return _right_factor(X).T @ D
