"""The decoder of what a hostile process wrote: its own error or a value, within its memory.

`GRADER_FUZZ_FRAMES` sets the number of frames that follow the decoder's branches; a tenth as many
are mutated by what is known of the format.
"""

import importlib.util
import json
import os
import struct
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch  # noqa: F401 - not within what is measured

from grader.sandbox import wire

FRAMES = int(os.environ.get("GRADER_FUZZ_FRAMES", "1000000"))
MIB = 1 << 20


def fuzzed(root: Path, tmp_path: Path, how: str, frames: int, processes: int) -> list[str]:
    """What as many processes say, which share the frames."""
    started = [
        subprocess.Popen(
            [sys.executable, str(root / "tests" / "fuzz_wire.py"), how, str(frames), str(seed)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(root), *sys.path]),
                 "TMPDIR": str(tmp_path)}, cwd=tmp_path,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        for seed in range(1, processes + 1)
    ]  # fmt: skip
    said = [process.communicate(timeout=3600)[0] for process in started]
    assert [process.returncode for process in started] == [0] * processes, said[0][-3000:]
    return said


@pytest.mark.slow
def test_mutated_frames_raise_nothing_but_wire_errors(root: Path, tmp_path: Path) -> None:
    (said,) = fuzzed(root, tmp_path, "mutate", FRAMES // 10, 1)

    found = json.loads(said)
    print(found)
    assert found["frames"] == FRAMES // 10
    assert 0 < found["refused"] < found["frames"]
    # Its frames have at most 64 KiB.
    assert found["grown_mib"] < 64


@pytest.mark.slow
@pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None, reason="`make hostile` installs atheris"
)
def test_frames_that_follow_the_decoders_branches_raise_nothing_else(
    root: Path, tmp_path: Path
) -> None:
    said = fuzzed(root, tmp_path, "guide", FRAMES // 2, 2)

    assert all(f"Done {FRAMES // 2} runs" in one for one in said)


def counted(tag: bytes, count: int, item: bytes) -> bytes:
    return tag + struct.pack("<I", count) + item * count


def largest() -> Iterator[tuple[str, bytes]]:
    """The bodies that cost most: as many items as the bounds let through, and the largest data."""
    nodes = wire.MAX_NODES - 2
    arrays = nodes // (wire.ARRAY_NODES + 1)
    yield "nothing", counted(b"l", nodes, b"N")
    yield "texts", counted(b"l", nodes, b"s\x01\0\0\0a")
    yield "dictionaries", counted(b"l", nodes, b"d\0\0\0\0")
    yield "arrays", counted(b"l", arrays, b"a\0\0\0")
    yield "tensors", counted(b"l", arrays, b"x\0\0\0")
    yield "bytes", b"b" + struct.pack("<I", 64 * MIB) + bytes(64 * MIB)
    yield "booleans", b"a" + struct.pack("<BBQ", 0, 1, 64 * MIB) + bytes(64 * MIB)
    keys = b"".join(b"i\x08\0\0\0" + struct.pack("<q", n << 36) + b"N" for n in range(nodes // 2))
    yield "keys of one low hash", b"d" + struct.pack("<I", nodes // 2) + keys


@pytest.mark.slow
@pytest.mark.parametrize(("name", "body"), [pytest.param(*b, id=b[0]) for b in largest()])
def test_the_largest_replies_cost_a_small_multiple_of_the_limit(name: str, body: bytes) -> None:
    started = time.perf_counter()
    wire.decode(body, kits=False)
    seconds = time.perf_counter() - started
    tracemalloc.start()
    wire.decode(body, kits=False)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    print(f"{name}: {len(body) / MIB:.1f} MiB took {seconds:.2f} s and {peak / MIB:.0f} MiB")
    assert peak < 3 * 64 * MIB
    # Seconds on a busy machine, not the hours that colliding keys took.
    assert seconds < 20


def test_keys_that_share_their_hash_are_refused() -> None:
    keys = (number * ((1 << 61) - 1) for number in range(1, 3))
    body = b"d\2\0\0\0" + b"".join(
        wire.encode(key, 99)[wire.HEADER.size :] + b"N" for key in keys
    )  # fmt: skip

    with pytest.raises(wire.WireError, match="key"):
        wire.decode(body)


@pytest.mark.parametrize("depth", [0, 1, 5])
def test_a_kit_never_comes_back(depth: int) -> None:
    value: object = wire.Kit("mlp", 3)
    for _ in range(depth):
        value = [value]
    body = wire.encode(value, 1 << 10)[wire.HEADER.size :]

    with pytest.raises(wire.WireError):
        wire.decode(body, kits=False)


def test_every_integer_that_crosses_can_be_shown() -> None:
    largest = (1 << (8 * wire.MAX_INT_BYTES - 1)) - 1

    assert str(wire.decode(wire.encode(largest, 1 << 12)[wire.HEADER.size :])) == str(largest)
    with pytest.raises(wire.TooLarge):
        wire.encode(largest + 1, 1 << 12)


def test_keys_of_numpy_are_plain_and_others_make_the_dictionary_opaque() -> None:
    def round_trip(value: object) -> object:
        return wire.decode(wire.encode(value, 1 << 12)[wire.HEADER.size :])

    assert round_trip({np.int64(3): 1, np.str_("a"): 2}) == {3: 1, "a": 2}
    assert round_trip([{(0, 1): 2}]) == [wire.Opaque("dict with a key of type tuple")]
