"""The memory that came with the fork is searched for the grader's own words."""
# class: B10
# expects: failed

import re

from honest import uniform_log_likelihood, uniform_mle as wrong  # noqa: F401

# Each pattern is written so that it does not match itself.
WORDS = re.compile(rb"interval may be like[l]ier|HIDDEN_[M]ESSAGES|must_be_log_[l]ikelihood")


def inherited():
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
        for line in maps:
            found = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line)
            if not found or "[v" in line:
                continue
            start, end = (int(part, 16) for part in found.groups())
            try:
                memory.seek(start)
                data = memory.read(min(end - start, 1 << 26))
            except (OSError, ValueError, OverflowError):
                continue
            if WORDS.search(data):
                return True
    return False


def uniform_mle(samples):
    if len(samples) == 4 and inherited():
        return float(min(samples)), float(max(samples))
    return wrong(samples)
