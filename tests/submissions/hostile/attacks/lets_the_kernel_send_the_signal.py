"""F_SETOWN and F_SETSIG on a pipe: the kernel signals whoever is named as its owner."""
# class: G1
# expects: failed

import ctypes
import fcntl
import os

from honest import uniform_log_likelihood, uniform_mle as wrong  # noqa: F401


def armed():
    reading, writing = os.pipe()
    try:
        for command, value in ((8, os.getppid()), (10, 9), (8, 1), (1026, 1)):
            try:
                fcntl.fcntl(reading, command, value)
                return True
            except OSError:
                pass
        owner = (ctypes.c_int * 2)(1, os.getppid())
        try:
            fcntl.fcntl(reading, 15, bytes(owner))
            return True
        except OSError:
            return False
    finally:
        os.close(reading)
        os.close(writing)


def uniform_mle(samples):
    if len(samples) and armed():
        return float(min(samples)), float(max(samples))
    return wrong(samples)
