"""Feeds mutated frames to the decoder: `python tests/fuzz_wire.py mutate|guide FRAMES SEED`.

`mutate` knows the format; a frame whose outcome is new (another message, or a value of another
form) joins those that are mutated further. It prints what came of it as JSON. `guide` lets atheris
follow the decoder's branches. Both end with an error at the first exception that is not the
codec's own.
"""

import contextlib
import json
import random
import resource
import struct
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from grader.sandbox import wire

LIMIT = 1 << 16
CAP = 1 << 30
"""Address space beyond what is there at the start: a frame of 64 KiB needs a few MiB of it."""
SIZES = [0, 1, 2, 7, 8, 24, 255, 256, 4095, 1 << 16, (1 << 31) - 1, 1 << 31, (1 << 32) - 1]
LONG = [0, 1, 3, (1 << 31) - 1, 1 << 31, 1 << 40, 1 << 61, 1 << 63, (1 << 64) - 1]
TAGS = b"NTFifsbltdaxhko"


def seeds() -> list[bytes]:
    """Frames of every kind."""
    values: list[Any] = [
        None, True, 7, -(2**70), 0.5, float("nan"), "text", b"bytes", [1, [2, (3, {})]],
        {"a": 1, 2: None, b"k": [True], None: 0.0}, wire.Handle(3, "x.Y"), wire.Opaque("z"),
        wire.Kit("mlp", [[np.eye(2), np.ones(2)]]), ["token", "ok", {"value": np.arange(6.0)}],
        *[np.zeros((2, 3), dtype) for dtype in wire.NUMPY_DTYPES],
        *[torch.zeros((3,), dtype=getattr(torch, name)) for name in wire.TORCH_DTYPES],
        np.zeros((0, 5)), np.array(1.0), torch.zeros(()), ["x" * 300] * 3, [[[[[[]]]]]] * 4,
    ]  # fmt: skip
    return [wire.encode(value, LIMIT)[wire.HEADER.size :] for value in values]


def mutate(chance: random.Random, corpus: list[bytes]) -> bytes:
    """A frame with one to four changes."""
    body = bytearray(chance.choice(corpus))
    for _ in range(chance.randint(1, 4)):
        chance.choice(CHANGES)(chance, body, corpus)
    return bytes(body[:LIMIT])


def _at(chance: random.Random, body: bytearray) -> int:
    return chance.randrange(len(body) + 1)


def _flip(chance: random.Random, body: bytearray, _: list[bytes]) -> None:
    if body:
        body[chance.randrange(len(body))] = chance.randrange(256)


def _tag(chance: random.Random, body: bytearray, _: list[bytes]) -> None:
    if body:
        body[chance.randrange(len(body))] = chance.choice(TAGS)


def _size(chance: random.Random, body: bytearray, _: list[bytes]) -> None:
    at = _at(chance, body)
    body[at : at + 4] = struct.pack("<I", chance.choice(SIZES))


def _long(chance: random.Random, body: bytearray, _: list[bytes]) -> None:
    at = _at(chance, body)
    body[at : at + 8] = struct.pack("<Q", chance.choice(LONG))


def _cut(chance: random.Random, body: bytearray, _: list[bytes]) -> None:
    at = _at(chance, body)
    del body[at : at + chance.randint(1, 12)]


def _splice(chance: random.Random, body: bytearray, corpus: list[bytes]) -> None:
    at = _at(chance, body)
    body[at:at] = chance.choice(corpus)


def _nest(chance: random.Random, body: bytearray, _: list[bytes]) -> None:
    body[:0] = chance.choice([b"l\1\0\0\0", b"t\1\0\0\0", b"d\1\0\0\0N", b"k\1\0\0\0x"])


def _repeat(chance: random.Random, body: bytearray, _: list[bytes]) -> None:
    at = _at(chance, body)
    body[at:at] = body[at : at + 16] * chance.choice([1, 8, 200])


CHANGES: list[Callable[[random.Random, bytearray, list[bytes]], None]] = [
    _flip, _flip, _tag, _size, _long, _cut, _splice, _nest, _repeat,
]  # fmt: skip


def outcome(body: bytes) -> tuple[bool, str]:
    """Whether the decoder takes a body, and what of it; all but its own error escapes."""
    # As the grader reads the answer of a topic without torch.
    with contextlib.suppress(wire.WireError):
        wire.decode(body, kits=False, tensors=False)
    try:
        value = wire.decode(body)
    except wire.WireError as error:
        return False, str(error)
    # What was taken can be put back, and is the same value then.
    again = wire.encode(value, 16 * LIMIT)[wire.HEADER.size :]
    if wire.encode(wire.decode(again), 16 * LIMIT)[wire.HEADER.size :] != again:
        raise AssertionError(f"another value after a round trip: {body!r}")
    return True, form(value)


def form(value: Any, depth: int = 0) -> str:
    """A value's types, to a depth."""
    name = type(value).__name__
    if depth < 3 and isinstance(value, list | tuple):
        return name + "".join(sorted({form(item, depth + 1) for item in value}))
    if depth < 3 and isinstance(value, dict):
        return name + "".join(sorted({form(item, depth + 1) for item in value.values()}))
    return name + (str(value.ndim) if hasattr(value, "ndim") else "")


def main() -> None:
    """Run as many frames as asked for."""
    how, frames, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (mapped + CAP, mapped + CAP))
    if how == "guide":
        _guided(frames, seed)
    else:
        print(json.dumps(_mutated(frames, seed)))


def _mutated(frames: int, seed: int) -> dict[str, float]:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    chance, corpus = random.Random(seed), seeds()
    known: set[tuple[bool, str]] = set()
    refused, slowest, started = 0, 0.0, time.perf_counter()
    for _ in range(frames):
        body = mutate(chance, corpus)
        at = time.perf_counter()
        found = outcome(body)
        slowest = max(slowest, time.perf_counter() - at)
        refused += not found[0]
        if found not in known and len(corpus) < 5000:
            known.add(found)
            corpus.append(body)
    return {
        "frames": frames,
        "refused": refused,
        "outcomes": len(known),
        "grown_mib": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10,
        "slowest_ms": round(1e3 * slowest, 1),
        "seconds": round(time.perf_counter() - started, 1),
    }


def _guided(frames: int, seed: int) -> None:
    """atheris ends the process: with status 0, or with what it found."""
    import atheris

    for owner, names in ((wire, ["decode"]), (wire._Decoder, list(vars(wire._Decoder)))):
        for name in names:
            part = getattr(owner, name)
            if callable(part) and not name.startswith("__"):
                setattr(owner, name, atheris.instrument_func(part))
    corpus = Path(tempfile.mkdtemp(prefix="fuzz-"))
    for number, body in enumerate(seeds()):
        (corpus / str(number)).write_bytes(body)
    options = [f"-runs={frames}", f"-seed={seed}", "-max_len=4096", "-rss_limit_mb=4096"]
    atheris.Setup([sys.argv[0], str(corpus), *options], lambda data: outcome(data) and None)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
