"""Returns the average of the weights over the run."""
# loses: a
# says: average of w over the run

import numpy as np


def perceptron(X, y, seed=0, max_updates=None):
    rng = np.random.default_rng(seed)
    w = np.zeros(X.shape[1])
    updates, total = [], np.zeros(X.shape[1])
    while True:
        mistakes = np.flatnonzero(y * (X @ w) <= 0)
        if len(mistakes) == 0:
            return total / len(updates), updates
        if max_updates is not None and len(updates) >= max_updates:
            raise RuntimeError("max_updates reached")
        i = int(rng.choice(mistakes))
        w = w + y[i] * X[i]
        total = total + w
        updates.append(i)
