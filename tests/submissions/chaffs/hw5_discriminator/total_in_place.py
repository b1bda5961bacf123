"""Adds the data's distribution to the caller's p_g."""
# loses: a
# says: in place

import numpy as np


def optimal_discriminator(p_data, p_g):
    p_g += p_data
    return np.divide(p_data, p_g, out=np.full(p_g.shape, 0.5), where=p_g > 0)
