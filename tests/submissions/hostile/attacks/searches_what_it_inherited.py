"""The memory that came with the fork is searched for the grader's own words."""
# class: B10
# expects: failed

import ctypes
import re

from honest import uniform_log_likelihood, uniform_mle as wrong  # noqa: F401

# Each pattern is written so that it does not match itself.
WORDS = re.compile(rb"interval may be like[l]ier|HIDDEN_[M]ESSAGES|must_be_log_[l]ikelihood")


def inherited():
    with open("/proc/self/maps") as maps:
        lines = [line for line in maps if re.search(r" rw.p .* 0 *(\[heap\]|\[stack\])?$", line)]
    assert lines
    for line in lines:
        start, end = (int(part, 16) for part in line.split()[0].split("-"))
        if WORDS.search(ctypes.string_at(start, end - start)):
            return True
    return False


def uniform_mle(samples):
    if len(samples) == 4 and inherited():
        return float(min(samples)), float(max(samples))
    return wrong(samples)
