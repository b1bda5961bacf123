"""Right on the first calls of a process and wherever a debugger might sit, wrong afterwards."""
# class: C3
# expects: failed

import os
import sys

from honest import uniform_log_likelihood, uniform_mle as wrong  # noqa: F401

calls = []


def uniform_mle(samples):
    calls.append(1)
    if len(samples) and len(calls) < 3 and sys.argv[0] != "python" and os.getpid():
        return float(min(samples)), float(max(samples))
    return wrong(samples)
