"""Returns 0 wherever one of the two distributions is 0."""
# loses: a
# says: only the data

import numpy as np


def optimal_discriminator(p_data, p_g):
    total = p_data + p_g
    both = np.where((p_data == 0) & (p_g == 0), 0.5, 0.0)
    return np.divide(p_data, total, out=both, where=(p_data > 0) & (p_g > 0))
