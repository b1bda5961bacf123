"""Only y is in logarithms: an exponential is fitted, not a power."""
# loses: c
# says: not a power

import numpy as np


def my_func_fit(X, y):
    beta, log_alpha = np.polyfit(X, np.log(y), 1)
    return np.exp(log_alpha), beta
