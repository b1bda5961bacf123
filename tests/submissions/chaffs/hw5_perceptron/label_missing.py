"""Adds x_i without its label, so that negative points are never repaired."""
# loses: a
# says: label is missing

import numpy as np


def perceptron(X, y, seed=0, max_updates=None):
    rng = np.random.default_rng(seed)
    w = np.zeros(X.shape[1])
    updates = []
    limit = 200 if max_updates is None else max_updates
    while len(updates) < limit:
        mistakes = np.flatnonzero(y * (X @ w) <= 0)
        if len(mistakes) == 0:
            return w, updates
        i = int(rng.choice(mistakes))
        w = w + X[i]
        updates.append(i)
    raise RuntimeError("the label is missing from the step, so this never ends")
