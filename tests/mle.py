"""Answers to `hw5_mle`, a topic that is graded in a second or two, as sources to change."""

TOPIC = "hw5_mle"
LIKELIHOOD = """
import numpy as np
def uniform_log_likelihood(samples, a, b):
    if not a < b: raise ValueError
    s = np.asarray(samples)
    inside = s.size == 0 or (s.min() >= a and s.max() <= b)
    return float(-s.size * np.log(b - a)) if inside else float("-inf")
"""
ESTIMATE = """
def uniform_mle(samples):
    if len(samples) == 0: raise ValueError
    return float(min(samples)), float(max(samples))
"""
RIGHT = LIKELIHOOD + ESTIMATE
