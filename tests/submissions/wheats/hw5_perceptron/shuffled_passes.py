"""Passes over the data in a new random order until a pass has no mistake."""

import numpy as np


def margin(w, X):
    distances = np.abs(X.dot(w)) / np.sqrt(np.sum(w**2))
    return distances.min()


def perceptron(X, y, seed=0, max_updates=None):
    rng = np.random.RandomState(seed)
    w = np.zeros(X.shape[1])
    updates = []
    mistakes = 1
    while mistakes:
        mistakes = 0
        for i in rng.permutation(len(X)):
            if y[i] * np.dot(w, X[i]) <= 0:
                # the limit is checked before the step that would pass it
                if len(updates) == max_updates:
                    raise RuntimeError("no convergence")
                w = w + y[i] * X[i]
                updates.append(i)
                mistakes += 1
    return w, updates
