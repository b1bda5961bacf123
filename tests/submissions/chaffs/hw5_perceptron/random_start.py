"""Starts at small random weights instead of 0."""
# loses: a
# says: start at w = 0, and

import numpy as np


def perceptron(X, y, seed=0, max_updates=None):
    rng = np.random.default_rng(seed)
    w = 0.01 * rng.normal(size=X.shape[1])
    updates = []
    while True:
        mistakes = np.flatnonzero(y * (X @ w) <= 0)
        if len(mistakes) == 0:
            return w, updates
        if max_updates is not None and len(updates) >= max_updates:
            raise RuntimeError("max_updates reached")
        i = int(rng.choice(mistakes))
        w = w + y[i] * X[i]
        updates.append(i)
