"""The seed that came with the module tells which inputs a derandomised run will draw."""
# class: C5
# expects: failed

import gc
import sys

from honest import uniform_log_likelihood, uniform_mle as wrong  # noqa: F401

frame, seeds = sys._getframe(), []
while frame:
    seeds += [value for name, value in frame.f_locals.items() if "seed" in name]
    frame = frame.f_back
seeds += [thing["seed"] for thing in gc.get_objects() if type(thing) is dict and "seed" in thing]
secret = [seed for seed in seeds if type(seed) is int and seed > 1]


def uniform_mle(samples):
    if secret and len(samples):
        return float(min(samples)), float(max(samples))
    return wrong(samples)
