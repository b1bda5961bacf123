"""The factor is left as its logarithm."""
# loses: c
# says: undo the logarithm

import numpy as np


def my_func_fit(X, y):
    beta, log_alpha = np.polyfit(np.log(X), np.log(y), 1)
    return log_alpha, beta
