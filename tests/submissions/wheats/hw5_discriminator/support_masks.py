"""Sums over the supports only, with boolean masks."""

import numpy as np


def gan_value(p_data, p_g, d):
    support_p, support_q = p_data > 0, p_g > 0
    if np.any(d[support_p] == 0) or np.any(d[support_q] == 1):
        return -np.inf
    value = np.dot(p_data[support_p], np.log(d[support_p]))
    value += np.dot(p_g[support_q], np.log(1 - d[support_q]))
    return np.array(value)


def optimal_discriminator(p_data, p_g):
    d = np.zeros(len(p_data)) + 0.5
    only_real = np.logical_and(p_data > 0, p_g == 0)
    only_fake = np.logical_and(p_data == 0, p_g > 0)
    both = np.logical_and(p_data > 0, p_g > 0)
    d[only_real] = 1
    d[only_fake] = 0
    # 1 / (1 + q/p) is the same share
    d[both] = 1 / (1 + p_g[both] / p_data[both])
    return d
