"""The log-log fit weights each point by its y, as if to fit y itself."""
# loses: c
# says: log y against log x

import numpy as np


def my_func_fit(X, y):
    beta, log_alpha = np.polyfit(np.log(X), np.log(y), 1, w=y)
    return np.exp(log_alpha), beta
