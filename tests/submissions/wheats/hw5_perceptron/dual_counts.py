"""The dual form: counts how often each point was used and works on the Gram matrix."""

import numpy as np


def margin(w, X):
    unit = w / np.linalg.norm(w)
    return np.abs(np.einsum("ij,j->i", X, unit)).min()


def perceptron(X, y, seed=0, max_updates=None):
    rng = np.random.default_rng(seed)
    signed = X * y.reshape(-1, 1)
    gram = signed @ signed.T
    counts = np.zeros(len(y), dtype=int)
    history = []
    while True:
        scores = gram @ counts
        wrong = [i for i in range(len(y)) if scores[i] <= 1e-13]
        if not wrong:
            return counts @ signed, history
        if max_updates is not None and len(history) >= max_updates:
            raise RuntimeError("the classes may not be separable")
        chosen = wrong[rng.integers(len(wrong))]
        counts[chosen] += 1
        history.append(chosen)
