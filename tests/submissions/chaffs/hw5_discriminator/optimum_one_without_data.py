"""Returns 1 where only the generator can produce the outcome."""
# loses: a
# says: only the generator

import numpy as np


def optimal_discriminator(p_data, p_g):
    total = p_data + p_g
    rest = np.where(total > 0, 1.0, 0.5)
    return np.divide(p_data, total, out=rest, where=(p_data > 0) & (p_g > 0))
