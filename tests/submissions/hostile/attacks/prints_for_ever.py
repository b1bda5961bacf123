"""Gigabytes of output on both streams."""
# class: D6
# only: hw5_mle.estimate_is_min_and_max
# expects: timeout, failed

import os

from honest import uniform_log_likelihood, uniform_mle as wrong  # noqa: F401


def uniform_mle(samples):
    for _ in range(4_000):
        os.write(1, b"x" * 65536)
        os.write(2, b"\xff\x00\x1b[2J" * 10_000)
    return wrong(samples)
