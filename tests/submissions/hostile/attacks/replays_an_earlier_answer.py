"""The bytes of an earlier answer are sent again in place of a new one."""
# class: A7
# expects: violation, failed

import os
import sys

from grader.sandbox import wire
from honest import uniform_log_likelihood, uniform_mle as wrong  # noqa: F401

kept = []


def uniform_mle(samples):
    frame = sys._getframe()
    while frame and type(frame.f_locals.get("request")) is not bytes:
        frame = frame.f_back
    if frame:
        kept.append(frame.f_locals["request"])
    if len(kept) > 1:
        os.write(3, wire.encode([kept[0], "ok", {"value": (0.0, 1.0)}], 1 << 20))
    return wrong(samples)
