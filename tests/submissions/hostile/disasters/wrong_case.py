"""Names in another case."""
# class: K2
# expects: not_implemented
# says: uniform_MLE

class Solution:
    pass


def uniform_MLE(samples):
    return 0


def Uniform_log_likelihood(samples, a, b):
    return 0
