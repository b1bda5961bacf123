"""Goes over the data once and stops."""
# loses: a
# says: one pass over the points

import numpy as np


def perceptron(X, y, seed=0, max_updates=None):
    w = np.zeros(X.shape[1])
    updates = []
    for i in np.random.default_rng(seed).permutation(len(y)).tolist():
        if y[i] * (w @ X[i]) <= 0:
            if max_updates is not None and len(updates) >= max_updates:
                raise RuntimeError("max_updates reached")
            w = w + y[i] * X[i]
            updates.append(i)
    return w, updates
