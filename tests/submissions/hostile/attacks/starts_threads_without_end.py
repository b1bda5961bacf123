"""As many threads as the kernel gives, all of them busy."""
# class: D8
# only: hw5_mle.estimate_is_min_and_max
# expects: failed, timeout

import threading

from honest import uniform_log_likelihood, uniform_mle as wrong  # noqa: F401


def spin():
    while True:
        pass


def uniform_mle(samples):
    try:
        for _ in range(10_000):
            threading.Thread(target=spin, daemon=True).start()
    except RuntimeError:
        pass
    return wrong(samples)
