"""Decides for the likelier of the two instead of giving a probability."""
# loses: a
# says: this decides

import numpy as np


def optimal_discriminator(p_data, p_g):
    return np.where(p_data == p_g, 0.5, (p_data > p_g).astype(float))
