"""A handle of an object that does not exist is given as the answer."""
# class: A7
# expects: failed

from grader.sandbox import wire
from honest import uniform_log_likelihood  # noqa: F401


def uniform_mle(samples):
    if len(samples) == 0:
        raise ValueError
    return wire.Handle(4_000_000_000, "torch.\x1b[2J\u202eTensor"), wire.Handle(1)
