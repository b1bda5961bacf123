"""The function takes Y and reads y, which the notebook has defined above."""
# loses: b
# says: not aligned

import numpy as np

X = np.random.default_rng(0).normal(size=(500, 1))
y = 9.0 + 63.0 * X[:, 0]


def normal_equation(X, Y):
    X = np.insert(X.T, 0, 1, axis=0)
    X_cross = np.dot(np.linalg.inv(np.dot(X, X.T)), X)
    return np.dot(X_cross, y)
