"""A small multiple of the identity is added so that nothing is ever singular."""
# loses: b
# says: a small number added on the way

import numpy as np


def normal_equation(X, y):
    A = _design(X)
    return np.linalg.solve(A.T @ A + 1e-6 * np.eye(A.shape[1]), A.T @ y)
