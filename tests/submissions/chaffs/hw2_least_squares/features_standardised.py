"""The features are standardised and the coefficients belong to the scaled ones."""
# loses: b
# says: intercept is not the mean of y

import numpy as np


def normal_equation(X, y):
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    A = _design(Z)
    beta = np.linalg.solve(A.T @ A, A.T @ y)
    beta[1:] /= X.std(axis=0)
    return beta
