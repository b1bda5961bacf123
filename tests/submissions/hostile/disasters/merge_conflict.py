"""Marks of a merge were left in."""
# class: K2
# expects: import_error
# says: SyntaxError

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
<<<<<<< HEAD
    return 0
=======
    return float(np.min(samples)), float(np.max(samples))
>>>>>>> main
