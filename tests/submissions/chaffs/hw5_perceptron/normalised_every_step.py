"""Scales the weights to length 1 after every update."""
# loses: a
# says: not normalised on the way

import numpy as np


def perceptron(X, y, seed=0, max_updates=None):
    rng = np.random.default_rng(seed)
    w = np.zeros(X.shape[1])
    updates = []
    while True:
        mistakes = np.flatnonzero(y * (X @ w) <= 0)
        if len(mistakes) == 0:
            return w, updates
        if max_updates is not None and len(updates) >= max_updates:
            raise RuntimeError("max_updates reached")
        i = int(rng.choice(mistakes))
        w = w + y[i] * X[i]
        w = w / max(np.linalg.norm(w), 1e-12)
        updates.append(i)
