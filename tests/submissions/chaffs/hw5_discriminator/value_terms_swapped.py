"""Pairs p_data with ln(1 - d)."""
# loses: a
# says: not the reverse

import numpy as np


def gan_value(p_data, p_g, d):
    return _weighted_log(p_g, d) + _weighted_log(p_data, 1 - d)
