"""Divides by n - 1 as for a variance."""
# loses: b
# says: a variance

import numpy as np


def captured_energy(X, D):
    return np.sum((X @ D) ** 2) / max(len(X) - 1, 1)
