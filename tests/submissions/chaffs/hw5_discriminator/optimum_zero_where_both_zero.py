"""Returns 0 where neither distribution produces the outcome."""
# loses: a
# says: 0.5 where both

import numpy as np


def optimal_discriminator(p_data, p_g):
    total = p_data + p_g
    return np.divide(p_data, total, out=np.zeros(total.shape), where=total > 0)
