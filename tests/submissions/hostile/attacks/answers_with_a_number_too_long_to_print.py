"""A whole number of thousands of digits: Python refuses to turn it into text."""
# class: G3
# expects: output_limit, violation

from honest import uniform_log_likelihood  # noqa: F401


def uniform_mle(samples):
    if len(samples) == 0:
        raise ValueError
    return [10**9_000, "x"]
