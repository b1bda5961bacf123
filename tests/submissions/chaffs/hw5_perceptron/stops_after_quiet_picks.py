"""Stops after as many right picks in a row as there are points, seen or not."""
# loses: a
# says: some picks that were right

import numpy as np


def perceptron(X, y, seed=0, max_updates=None):
    rng = np.random.default_rng(seed)
    w = np.zeros(X.shape[1])
    updates, quiet = [], 0
    while quiet < len(y):
        i = int(rng.integers(len(y)))
        quiet += 1
        if y[i] * (w @ X[i]) <= 0:
            if max_updates is not None and len(updates) >= max_updates:
                raise RuntimeError("max_updates reached")
            w = w + y[i] * X[i]
            updates.append(i)
            quiet = 0
    return w, updates
