"""Logarithms to base 10 are undone with exp."""
# loses: c
# says: different bases

import numpy as np


def my_func_fit(X, y):
    beta, log_alpha = np.polyfit(np.log10(X), np.log10(y), 1)
    return np.exp(log_alpha), beta
