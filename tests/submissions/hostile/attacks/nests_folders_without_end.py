"""Folders so deep that whoever removes them recursively fails, and some that nobody may list."""
# class: D9
# only: hw5_mle.estimate_is_min_and_max
# expects: failed, timeout

import os

from honest import uniform_log_likelihood, uniform_mle as wrong  # noqa: F401


def uniform_mle(samples):
    os.makedirs("locked", 0, exist_ok=True)
    home = os.getcwd()
    try:
        for _ in range(3_000):
            os.mkdir("deep")
            os.chdir("deep")
    except OSError:
        pass
    os.chdir(home)
    return wrong(samples)
