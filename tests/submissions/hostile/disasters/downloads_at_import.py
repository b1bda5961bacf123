"""A download at import."""
# class: K
# expects: import_error
# says: Error

from urllib.request import urlopen
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

PAGE = urlopen("http://127.0.0.1/data.csv").read()
