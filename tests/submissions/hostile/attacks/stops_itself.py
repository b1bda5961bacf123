"""SIGSTOP: a process that neither runs nor ends."""
# class: D2
# only: hw5_mle.estimate_is_min_and_max
# expects: timeout

import os
import signal

from honest import uniform_log_likelihood  # noqa: F401


def uniform_mle(samples):
    os.kill(os.getpid(), signal.SIGSTOP)
