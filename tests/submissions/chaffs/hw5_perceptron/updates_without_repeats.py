"""Records each point once, however often it was used."""
# loses: a
# says: also of a point that was used before

import numpy as np


def perceptron(X, y, seed=0, max_updates=None):
    rng = np.random.default_rng(seed)
    w = np.zeros(X.shape[1])
    updates = []
    while True:
        mistakes = np.flatnonzero(y * (X @ w) <= 0)
        if len(mistakes) == 0:
            return w, list(dict.fromkeys(updates))
        if max_updates is not None and len(updates) >= max_updates:
            raise RuntimeError("max_updates reached")
        i = int(rng.choice(mistakes))
        w = w + y[i] * X[i]
        updates.append(i)
