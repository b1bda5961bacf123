"""A trace function rewrites the variables of the worker's own frames."""
# class: A9
# expects: failed, crashed, violation, timeout

import ctypes
import sys

from honest import uniform_log_likelihood, uniform_mle as wrong  # noqa: F401


def uniform_mle(samples):
    frame = sys._getframe()
    while frame:
        for name in ("reply", "status", "result"):
            if name in frame.f_locals:
                frame.f_locals[name] = ("ok", {"value": True, "fraction": 1.0})
                ctypes.pythonapi.PyFrame_LocalsToFast(ctypes.py_object(frame), ctypes.c_int(0))
        frame = frame.f_back
    return wrong(samples)
