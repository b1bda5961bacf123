"""The input is handed back as the answer."""
# class: C7
# expects: failed

from honest import uniform_log_likelihood  # noqa: F401


def uniform_mle(samples):
    if len(samples) == 0:
        raise ValueError
    return samples
