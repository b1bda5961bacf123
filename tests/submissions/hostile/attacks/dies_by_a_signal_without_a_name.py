"""A real-time signal, which has a number only."""
# class: G7
# expects: crashed

import os

from honest import uniform_log_likelihood  # noqa: F401


def uniform_mle(samples):
    os.kill(os.getpid(), 41)
