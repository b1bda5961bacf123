"""Adds a small number inside the logarithms, so that V is never infinite."""
# loses: a
# says: a small number added inside the logarithm

import numpy as np


def _weighted_log(weight, value):
    return float(np.sum(weight * np.log(value + 1e-12)))
