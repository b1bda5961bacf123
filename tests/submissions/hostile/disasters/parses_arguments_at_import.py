"""argparse at import: there are no arguments, and that is right."""
# class: K
# expects: passed

import argparse
import numpy as np


def uniform_log_likelihood(samples, a, b):
    if not a < b:
        raise ValueError("the interval needs a < b")
    if np.min(samples) < a or np.max(samples) > b:
        return -np.inf
    return float(-len(samples) * np.log(b - a))


def uniform_mle(samples):
    if len(samples) == 0:
        raise ValueError("no samples")
    return float(np.min(samples)), float(np.max(samples))

parser = argparse.ArgumentParser()
parser.add_argument("--seed", type=int, default=0)
OPTIONS = parser.parse_args()
