"""An array whose header announces terabytes over a few bytes of data."""
# class: H4
# expects: violation

import struct

from grader.sandbox import wire, worker
from honest import uniform_log_likelihood, uniform_mle  # noqa: F401

encode = worker.encode_reply


def encode_reply(request, reply, limits):
    if type(reply[1]) is not dict or type(reply[1].get("value")) is not tuple:
        return encode(request, reply, limits)
    body = b"l\3\0\0\0" + wire.encode(request, 99)[12:] + wire.encode("ok", 99)[12:]
    body += b"d\1\0\0\0" + wire.encode("value", 99)[12:]
    body += b"a" + struct.pack("<BB2Q", 11, 2, 1 << 20, 1 << 20) + bytes(64)
    return wire.HEADER.pack(b"GRW1", len(body)) + body


worker.encode_reply = encode_reply
