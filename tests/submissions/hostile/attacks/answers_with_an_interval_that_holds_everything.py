"""Every sample lies in it, and no law about membership can fail."""
# class: C9
# expects: failed

from honest import uniform_log_likelihood  # noqa: F401


def uniform_mle(samples):
    if len(samples) == 0:
        raise ValueError
    return float("-inf"), float("inf")
