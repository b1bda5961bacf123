"""Comparisons with NaN are false, and so are their negations."""
# class: I1
# expects: failed

from honest import uniform_log_likelihood  # noqa: F401


def uniform_mle(samples):
    if len(samples) == 0:
        raise ValueError
    return float("nan"), float("nan")
