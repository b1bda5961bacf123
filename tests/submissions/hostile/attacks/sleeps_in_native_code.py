"""A native call that never returns, with every signal blocked."""
# class: D2
# only: hw5_mle.estimate_is_min_and_max
# expects: timeout

import ctypes
import signal

from honest import uniform_log_likelihood  # noqa: F401

libc = ctypes.PyDLL(None)  # keeps the interpreter's lock


def uniform_mle(samples):
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    libc.sleep(100_000)
