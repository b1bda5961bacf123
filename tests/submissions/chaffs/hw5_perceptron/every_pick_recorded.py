"""Records every pick in updates, also those that were right."""
# loses: a
# says: only updates belong into the list

import numpy as np


def perceptron(X, y, seed=0, max_updates=None):
    rng = np.random.default_rng(seed)
    w = np.zeros(X.shape[1])
    updates = []
    while np.any(y * (X @ w) <= 0):
        if max_updates is not None and len(updates) >= max_updates:
            raise RuntimeError("max_updates reached")
        i = int(rng.integers(len(y)))
        updates.append(i)
        if y[i] * (w @ X[i]) <= 0:
            w = w + y[i] * X[i]
    return w, updates
