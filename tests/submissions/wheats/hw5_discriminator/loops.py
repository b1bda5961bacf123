"""Outcome by outcome, with the math module."""

import math

import numpy as np


def term(weight, probability):
    # 0 ln 0 = 0
    if weight == 0:
        return 0.0
    if probability == 0:
        return -math.inf
    return weight * math.log(probability)


def gan_value(p_data, p_g, d):
    total = 0.0
    for p, q, real in zip(p_data, p_g, d):
        total += term(p, real) + term(q, 1 - real)
    return total


def optimal_discriminator(p_data, p_g):
    best = []
    for p, q in zip(p_data, p_g):
        best.append(p / (p + q) if p + q > 0 else 0.5)
    return np.array(best)
