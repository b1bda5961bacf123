"""More memory than there is, in every way that Python and the kernel offer."""
# class: D4
# only: hw5_mle.estimate_is_min_and_max
# expects: out_of_memory, crashed, failed, timeout

import mmap

import numpy as np
from honest import uniform_log_likelihood  # noqa: F401

held = []


def uniform_mle(samples):
    while True:
        try:
            held.append(np.ones(1 << 26))
        except MemoryError:
            held.append(mmap.mmap(-1, 1 << 20))
