"""Clips the caller's d away from 0 and 1."""
# loses: a
# says: in place

import numpy as np


def gan_value(p_data, p_g, d):
    infinite = np.any((d == 0) & (p_data > 0)) or np.any((d == 1) & (p_g > 0))
    np.clip(d, 0.01, 0.99, out=d)
    if infinite:
        return -np.inf
    return _weighted_log(p_data, d) + _weighted_log(p_g, 1 - d)
