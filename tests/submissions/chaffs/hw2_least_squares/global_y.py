"""The function takes Y and reads y, which the notebook has defined above."""
# loses: b
# says: not aligned

import numpy as np
from sklearn import datasets

X, y = datasets.make_regression(n_samples=500, n_features=1, noise=10.0, random_state=0)


def normal_equation(X, Y):
    X = np.insert(X.T, 0, 1, axis=0)
    X_cross = np.dot(np.linalg.inv(np.dot(X, X.T)), X)
    return np.dot(X_cross, y)
