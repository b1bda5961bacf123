"""The features are centred in place, so the caller's array changes."""
# loses: b
# says: in place

import numpy as np


def normal_equation(X, y):
    means = X.mean(axis=0)
    X -= means
    A = _design(X)
    beta = np.linalg.solve(A.T @ A, A.T @ y)
    beta[0] -= means @ beta[1:]
    return beta
