"""One density after the other, and the ends by hand."""

import math


def uniform_log_likelihood(samples, a, b):
    if not b > a:
        raise ValueError("empty interval")
    total = 0.0
    for x in samples:
        if x < a:
            return -math.inf
        if x > b:
            return -math.inf
        total = total + math.log(1.0 / (b - a))
    return total


def uniform_mle(samples):
    smallest = None
    largest = None
    for x in samples:
        if smallest is None or x < smallest:
            smallest = x
        if largest is None or x > largest:
            largest = x
    if smallest is None:
        raise ValueError("need at least one sample")
    return [smallest, largest]
