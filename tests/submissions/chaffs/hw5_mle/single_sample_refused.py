"""Raises an error where all samples are equal."""
# loses: a
# says: valueerror

import numpy as np


def uniform_mle(samples):
    if len(np.unique(samples)) < 2:
        raise ValueError("two different samples are needed")
    return float(np.min(samples)), float(np.max(samples))
