"""Adds a small number to the denominator."""
# loses: a
# says: a small number added on the way

import numpy as np


def optimal_discriminator(p_data, p_g):
    total = p_data + p_g
    return np.where(total > 0, p_data / (total + 1e-6), 0.5)
