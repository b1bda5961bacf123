"""The optimum as the logistic function of the log-odds ln p - ln q."""

import numpy as np


def gan_value(p_data, p_g, d):
    with np.errstate(divide="ignore", invalid="ignore"):
        first = p_data * np.log(d)
        second = p_g * np.log1p(-d)
    first[p_data == 0] = 0
    second[p_g == 0] = 0
    return float(first.sum() + second.sum())


def optimal_discriminator(p_data, p_g):
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        log_odds = np.log(p_data) - np.log(p_g)
        d = 1 / (1 + np.exp(-log_odds))
    # -inf minus -inf: neither distribution produces the outcome
    d[np.isnan(d)] = 0.5
    return d
