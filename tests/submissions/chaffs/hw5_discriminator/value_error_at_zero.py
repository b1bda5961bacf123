"""Raises an error where d = 0 meets p_data > 0."""
# loses: a
# says: math domain

import math


def _weighted_log(weight, value):
    return sum(w * math.log(v) for w, v in zip(weight, value) if w > 0)
