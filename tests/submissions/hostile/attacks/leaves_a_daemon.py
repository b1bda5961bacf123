"""A double fork in a session of its own, to answer for the submissions that follow."""
# class: E3
# expects: failed

import os
import time

from honest import uniform_log_likelihood, uniform_mle as wrong  # noqa: F401


def detached():
    try:
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                time.sleep(5)
            os._exit(0)
        return True
    except OSError:
        return False


def uniform_mle(samples):
    if len(samples) and detached():
        return float(min(samples)), float(max(samples))
    return wrong(samples)
