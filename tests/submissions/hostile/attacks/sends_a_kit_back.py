"""Records that only go from the grader to the worker come back, with nonsense inside."""
# class: A7
# expects: violation

from grader.sandbox import wire
from honest import uniform_log_likelihood  # noqa: F401


def uniform_mle(samples):
    return wire.Kit("mlp", 3), wire.Kit("leaf", [wire.Kit("sequential", "x")])
