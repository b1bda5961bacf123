"""Divides 0 by 0 where neither distribution produces the outcome."""
# loses: a
# says: 0.5 where both

import numpy as np


def optimal_discriminator(p_data, p_g):
    with np.errstate(all="ignore"):
        return p_data / (p_data + p_g)
