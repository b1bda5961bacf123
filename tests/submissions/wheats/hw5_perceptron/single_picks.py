"""The handout's loop as it stands: one random point at a time."""

import random

import numpy as np


def margin(w, X):
    return min(abs(float(np.dot(w, x))) for x in X) / float(np.linalg.norm(w))


def converged(w, X, y):
    return bool(np.all(np.sign(X @ w) == y))


def perceptron(X, y, seed=0, max_updates=None):
    picks = random.Random(seed)
    w = np.zeros_like(X[0])
    updates = []
    done = converged(w, X, y)
    while not done:
        i = picks.randrange(len(X))
        # sign(0) is 0, which is neither label: a mistake
        if np.sign(w @ X[i]) != y[i]:
            if max_updates is not None and len(updates) >= max_updates:
                raise RuntimeError(f"stopped after {max_updates} updates")
            w = w + y[i] * X[i]
            updates.append(i)
            done = converged(w, X, y)
    return w, updates
