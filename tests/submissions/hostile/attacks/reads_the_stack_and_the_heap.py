"""Frames, modules and every live object are searched for what is expected."""
# class: A9
# expects: failed

import gc
import sys

from honest import uniform_log_likelihood, uniform_mle as wrong  # noqa: F401

SECRET = ("grader.checks", "grader.engine", "grader.rubric", "grader.scoring", "reference")


def found():
    frame = sys._getframe()
    while frame:
        if {"expected", "oracle", "entry", "watch", "points"} & frame.f_locals.keys():
            return True
        frame = frame.f_back
    owners = (getattr(thing, "__module__", "") for thing in gc.get_objects() if callable(thing))
    return any(str(name).startswith(SECRET) for name in [*sys.modules, *owners])


def uniform_mle(samples):
    if len(samples) and found():
        return float(min(samples)), float(max(samples))
    return wrong(samples)
