"""normal_equation calls np.linalg.lstsq: the same answer, not the same way."""
# loses: b
# says: must solve a^t a beta = a^t y itself

import numpy as np


def normal_equation(X, y):
    return np.linalg.lstsq(_design(X), y, rcond=None)[0]
