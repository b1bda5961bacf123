"""Every file that can be read is searched for somebody else's solution, which then answers."""
# class: B1
# expects: failed, timeout

import os
import sys
import time

from honest import uniform_log_likelihood, uniform_mle as wrong  # noqa: F401

PLACES = ["..", "/autograder", "/reference", "/home", "/root", "/tmp", "/var", "/srv", "/opt", "/mnt"]
PLACES += [os.path.join(path, name) for path in sys.path for name in ("reference", "../reference")]


def solution():
    until = time.monotonic() + 3
    for place in PLACES:
        for folder, _, names in os.walk(place):
            if time.monotonic() > until:
                return None
            for name in names:
                path = os.path.join(folder, name)
                if name.endswith(".py") and os.path.realpath(path) != os.path.realpath(__file__):
                    try:
                        text = open(path).read()
                    except (OSError, UnicodeDecodeError):
                        continue
                    if "def uniform_mle" in text and "0.0, 1.0" not in text:
                        space = {}
                        exec(text, space)
                        return space["uniform_mle"]
    return None


uniform_mle = solution() or wrong
