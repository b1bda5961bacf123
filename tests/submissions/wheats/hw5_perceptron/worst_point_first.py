"""Always corrects the point that is worst; no randomness is left, so the seed is not used."""

import numpy as np


def margin(w, X):
    best = float("inf")
    length = sum(c * c for c in w) ** 0.5
    for x in X:
        best = min(best, abs(sum(a * b for a, b in zip(w, x))) / length)
    return best


def perceptron(X, y, seed=0, max_updates=None):
    limit = float("inf") if max_updates is None else max_updates
    w, updates = np.zeros(X.shape[1]), []
    scores = y * (X @ w)
    while scores.min() <= 0:
        if len(updates) >= limit:
            raise RuntimeError("too many updates")
        worst = int(scores.argmin())
        w = w + y[worst] * X[worst]
        updates.append(worst)
        scores = y * (X @ w)
    return w, tuple(updates)
