"""An endless loop that catches whatever is thrown into it."""
# class: D1
# only: hw5_mle.estimate_is_min_and_max
# expects: timeout

from honest import uniform_log_likelihood  # noqa: F401


def uniform_mle(samples):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
