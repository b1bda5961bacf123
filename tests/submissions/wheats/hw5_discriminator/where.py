"""Vectorised with np.where; the argument of the logarithm is 1 where its weight is 0."""

import numpy as np


def gan_value(p_data, p_g, d):
    real = np.where(p_data > 0, d, 1.0)
    fake = np.where(p_g > 0, 1.0 - d, 1.0)
    with np.errstate(divide="ignore"):
        return np.sum(p_data * np.log(real) + p_g * np.log(fake))


def optimal_discriminator(p_data, p_g):
    mass = p_data + p_g
    safe = np.where(mass == 0, 1.0, mass)
    return np.where(mass == 0, 0.5, p_data / safe)
