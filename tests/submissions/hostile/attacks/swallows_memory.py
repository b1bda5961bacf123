"""More memory than a worker may have, touched page by page."""
# class: D4
# only: hw5_mle.estimate_is_min_and_max
# expects: out_of_memory, crashed, failed, timeout

import numpy as np
from honest import uniform_log_likelihood, uniform_mle as wrong  # noqa: F401


def uniform_mle(samples):
    held = []
    for _ in range(10):
        held.append(np.ones(1 << 26))  # half a GiB
    return wrong(samples)
