"""The worker's loop is replaced by one that answers every request with a verdict."""
# class: A7
# expects: violation

import os
import struct

from grader.sandbox import wire
from honest import uniform_log_likelihood  # noqa: F401


def exactly(count):
    data = b""
    while len(data) < count:
        data += os.read(3, count - len(data))
    return data


def uniform_mle(samples):
    import sys

    frame = sys._getframe()
    while frame and type(frame.f_locals.get("request")) is not bytes:
        frame = frame.f_back
    request = frame.f_locals["request"]
    while True:
        os.write(3, wire.encode([request, "passed", {"fraction": 1.0, "points": 5}], 1 << 20))
        _, length = struct.unpack("<4sQ", exactly(12))
        request = wire.decode(exactly(length))[0]
