"""Goes round and round in a fixed order, with a generator of mistakes."""

import itertools

import numpy as np


def margin(w, X):
    return np.min(np.abs(X @ w / np.linalg.norm(w)))


def perceptron(X, y, seed=0, max_updates=None):
    order = np.random.default_rng(seed).permutation(len(y))
    w = np.zeros(X.shape[1])
    updates = []
    quiet = 0  # points in a row that were right
    for i in itertools.cycle(order.tolist()):
        if quiet == len(y):
            break
        if (X[i] * w).sum() * y[i] > 0:
            quiet += 1
            continue
        if max_updates is not None and len(updates) + 1 > max_updates:
            raise RuntimeError("limit reached")
        w += y[i] * X[i]
        updates.append(i)
        quiet = 0
    return w, updates
