"""A dictionary whose keys all have one hash: to build it takes hours."""
# class: G3
# expects: violation

import struct

from grader.sandbox import wire, worker
from honest import uniform_log_likelihood, uniform_mle  # noqa: F401

MODULUS = (1 << 61) - 1
COUNT = 100_000


def colliding():
    keys = ((number * MODULUS).to_bytes(11, "little") for number in range(1, COUNT))
    return b"".join(b"i" + struct.pack("<I", 11) + key + b"N" for key in keys)


encode = worker.encode_reply


def encode_reply(request, reply, limits):
    frame = encode(request, reply, limits)
    if type(reply[1]) is dict and type(reply[1].get("value")) is tuple:
        items = colliding()
        body = b"l\3\0\0\0" + wire.encode(request, 99)[12:] + wire.encode("ok", 99)[12:]
        body += b"d" + struct.pack("<I", COUNT - 1) + items
        return wire.HEADER.pack(b"GRW1", len(body)) + body
    return frame


worker.encode_reply = encode_reply
