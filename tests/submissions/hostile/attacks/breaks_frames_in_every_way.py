"""Replies with wrong lengths, tags, texts, shapes, depths and bytes left over."""
# class: G3
# expects: violation, output_limit

import os
import struct

import numpy as np
from grader.sandbox import wire, worker
from honest import uniform_log_likelihood, uniform_mle  # noqa: F401

BODIES = [
    b"", b"?", b"Nx", b"l\xff\xff\xff\xff", b"s\x02\0\0\0\xff\xfe", b"i\0\0\0\0", b"l\1\0\0\0" * 99,
    b"a" + struct.pack("<BB", 11, 200), b"a" + struct.pack("<BBQ", 11, 1, 1 << 60),
    b"a" + struct.pack("<BB3Q", 11, 3, 1 << 33, 1 << 33, 0), b"x" + struct.pack("<BBQ", 99, 1, 1),
    b"a" + struct.pack("<BBQ", 0, 1, 1) + b"\7", b"d\1\0\0\0l\0\0\0\0N", b"h\1\0\0\0N", b"kkkk",
]
FRAMES = [wire.HEADER.pack(b"GRW1", len(body)) + body for body in BODIES]
FRAMES += [b"HTTP/1.1 200 OK\r\n\r\n", b"GRW1" + b"\xff" * 8, b"GRW1" + bytes(8), b"GRW2" + bytes(9)]
answered = worker.Server.answer


def answer(self, operation, payload):
    if operation == "call" and payload["function"] == "uniform_mle":
        number = int(abs(float(np.sum(payload["args"][0]))) * 8)
        os.write(3, FRAMES[number % len(FRAMES)])
        os._exit(0)
    return answered(self, operation, payload)


worker.Server.answer = answer
