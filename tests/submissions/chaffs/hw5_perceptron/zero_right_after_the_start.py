"""Forces the first update, and then takes a product of 0 for right."""
# loses: a
# says: also after the first update

import numpy as np


def perceptron(X, y, seed=0, max_updates=None):
    rng = np.random.default_rng(seed)
    w = np.zeros(X.shape[1])
    updates = []
    while True:
        wrong = y * (X @ w) < 0
        mistakes = np.flatnonzero(wrong) if updates else np.arange(len(y))
        if len(mistakes) == 0:
            return w, updates
        if max_updates is not None and len(updates) >= max_updates:
            raise RuntimeError("max_updates reached")
        i = int(rng.choice(mistakes))
        w = w + y[i] * X[i]
        updates.append(i)
