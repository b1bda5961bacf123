"""Multiplies 0 by the logarithm of 0, which numpy makes NaN."""
# loses: a
# says: 0 ln 0

import numpy as np


def gan_value(p_data, p_g, d):
    with np.errstate(all="ignore"):
        return float(np.sum(p_data * np.log(d) + p_g * np.log(1 - d)))
