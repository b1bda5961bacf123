"""Outcomes in the grader's own frame format are written to every descriptor but the socket."""
# class: A5
# expects: failed

import os

from grader.sandbox import wire
from honest import uniform_log_likelihood, uniform_mle as wrong  # noqa: F401

OUTCOME = {
    "outcome": {
        "check": "hw5_mle.estimate_is_min_and_max", "status": "passed", "fraction": 1.0,
        "message": "", "counterexample": None, "notes": [], "printed": "", "seconds": 0.0,
    }
}


def uniform_mle(samples):
    for descriptor in (1, 2):
        os.write(descriptor, wire.encode(OUTCOME, 1 << 20))
    return wrong(samples)
