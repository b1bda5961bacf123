"""The request's token is taken from the frames below, and a second answer follows the first."""
# class: A7
# expects: violation, failed

import os
import sys

from grader.sandbox import wire
from honest import uniform_log_likelihood, uniform_mle as wrong  # noqa: F401


def token():
    frame = sys._getframe()
    while frame:
        if type(frame.f_locals.get("request")) is bytes:
            return frame.f_locals["request"]
        frame = frame.f_back
    return bytes(16)


def uniform_mle(samples):
    answer = wire.encode([token(), "ok", {"value": (0.0, 1.0), "args": [samples]}], 1 << 20)
    os.write(3, answer + answer)
    return wrong(samples)
