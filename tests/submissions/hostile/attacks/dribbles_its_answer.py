"""The answer comes byte by byte, so that something always arrives."""
# class: D12
# only: hw5_mle.estimate_is_min_and_max
# expects: timeout

import os
import time

from honest import uniform_log_likelihood  # noqa: F401


def uniform_mle(samples):
    os.write(3, b"GRW1" + (1 << 20).to_bytes(8, "little"))
    while True:
        os.write(3, b"l")
        time.sleep(0.2)
