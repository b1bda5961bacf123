"""Repairs 0 * log 0 with nan_to_num, which makes infinities finite too."""
# loses: a
# says: nan_to_num makes V finite

import numpy as np


def gan_value(p_data, p_g, d):
    with np.errstate(all="ignore"):
        real = np.where(p_data > 0, p_data * np.log(d), 0.0)
        fake = np.where(p_g > 0, p_g * np.log(1 - d), 0.0)
    return float(np.sum(np.nan_to_num(p_data * np.log(np.maximum(d, 1e-300)))) + np.sum(fake))
