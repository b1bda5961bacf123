"""The exponent comes back first, as np.polyfit orders a line."""
# loses: c
# says: factor first

import numpy as np


def my_func_fit(X, y):
    beta, log_alpha = np.polyfit(np.log(X), np.log(y), 1)
    return beta, np.exp(log_alpha)
