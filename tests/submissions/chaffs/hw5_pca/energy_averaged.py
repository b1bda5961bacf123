"""Divides the energy by the number of examples."""
# loses: b
# says: divided by the number

import numpy as np


def captured_energy(X, D):
    return np.mean(np.sum((X @ D) ** 2, axis=1))
