"""Large files, sparse files and thousands of small ones."""
# class: D9
# only: hw5_mle.estimate_is_min_and_max
# expects: failed, timeout

import os

from honest import uniform_log_likelihood, uniform_mle as wrong  # noqa: F401


def uniform_mle(samples):
    try:
        for number in range(20_000):
            with open(f"small-{number}", "w") as file:
                file.write("x")
    except OSError:
        pass
    for number in range(4):
        try:
            with open(f"large-{number}", "wb") as file:
                os.truncate(file.fileno(), 1 << 27)
                os.posix_fallocate(file.fileno(), 0, 1 << 27)
        except OSError:
            pass
    return wrong(samples)
