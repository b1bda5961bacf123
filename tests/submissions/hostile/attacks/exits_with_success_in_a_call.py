"""The process ends with status 0 in the middle of a check."""
# class: A4
# expects: crashed

import os

from honest import uniform_log_likelihood  # noqa: F401


def uniform_mle(samples):
    os._exit(0)
