"""Centres the data before the energy is measured."""
# loses: b
# says: centred

import numpy as np


def captured_energy(X, D):
    return np.sum(((X - X.mean(axis=0)) @ D) ** 2)
