"""The codec between the grader and a worker: typed, bounded, never pickle.

A frame is the magic `GRW1`, a 64-bit length, and one encoded value. Values are None, bool, int,
float, str, bytes, list, tuple, dict, numpy arrays and torch tensors (dtype, shape, raw bytes), and
three records: a `Handle` (an object that lives in the worker), a `Kit` (something that the worker
builds from data) and an `Opaque` (an object that has no place on the wire: only its type's name
travels). Every length is checked against the bytes that are really there before anything is
allocated, and decoding gives exact types, so no method of a submission survives it.

The decoder reads what a hostile process wrote. It raises `WireError` and nothing else.
"""

import math
import struct
import sys
from dataclasses import dataclass
from typing import Any

MAGIC = b"GRW1"
HEADER = struct.Struct("<4sQ")

# Bounds of one value. Depth keeps the decoder's recursion shallow; nodes bound the time and memory
# that a frame of one-byte items can cost (a list slot is 8 bytes, an array's own record 1 KiB); an
# integer has fewer digits than the 4300 that Python agrees to print; a name is for people to read.
MAX_DEPTH = 24
MAX_NODES = 1 << 18
ARRAY_NODES = 8
MAX_DIMS = 8
MAX_INT_BYTES = 1024
MAX_NAME = 200
# A zero hides the other dimensions from the number of bytes: each is bounded by itself, since a
# product of such an array with itself is as large as their square.
MAX_EMPTY_DIMENSION = 1 << 14

# Whole numbers from here on share their hash with others: a dictionary full of them takes hours.
_KEY_BOUND = sys.hash_info.modulus

NUMPY_DTYPES = (
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
    "float16", "float32", "float64", "complex64", "complex128",
)  # fmt: skip
TORCH_DTYPES = (
    "bool", "int8", "int16", "int32", "int64", "uint8",
    "float16", "float32", "float64", "complex64", "complex128", "bfloat16",
)  # fmt: skip


class WireError(Exception):
    """A frame that breaks the protocol, or a value that cannot be put on the wire."""


class TooLarge(WireError):  # noqa: N818 - a WireError by name
    """A value or frame over its size limit."""


@dataclass(frozen=True, slots=True)
class Handle:
    """A reference to an object that stays in the worker."""

    number: int
    type_name: str = ""


@dataclass(frozen=True, slots=True)
class Kit:
    """Something that the worker builds: the name of a builder and plain data for it."""

    name: str
    data: Any = None


@dataclass(frozen=True, slots=True)
class Opaque:
    """An object of a kind that does not cross: only the name of its type arrives."""

    type_name: str


def encode(value: object, limit: int) -> bytes:
    """A frame holding `value`; `TooLarge` when it would exceed `limit` bytes."""
    encoder = _Encoder(limit)
    encoder.put(value, 0)
    return b"".join([HEADER.pack(MAGIC, limit - encoder.left), *encoder.parts])


def decode(body: bytes | bytearray | memoryview, *, kits: bool = True, tensors: bool = True) -> Any:
    """The value in the body of a frame (the frame less its header).

    Kits go to a worker and never come back: a reply is read with `kits=False`. With
    `tensors=False` torch is not imported: of a tensor with dimensions only the type's name
    arrives, and one number as a numpy array without dimensions.
    """
    decoder = _Decoder(memoryview(body), kits, tensors)
    value = decoder.take(0)
    if decoder.at != len(decoder.data):
        raise WireError("bytes after the value")
    return value


def body_length(header: bytes | bytearray, limit: int) -> int:
    """The length that a frame's header announces, checked against `limit`."""
    magic, length = HEADER.unpack(header)
    if magic != MAGIC:
        raise WireError("not a frame of this protocol")
    if length > limit:
        raise TooLarge(f"a frame of {length} bytes is over the limit of {limit}")
    return int(length)


class _Encoder:
    def __init__(self, limit: int) -> None:
        self.parts: list[bytes] = []
        self.left = limit
        self.nodes = 0

    def _add(self, part: bytes) -> None:
        self.left -= len(part)
        if self.left < 0:
            raise TooLarge("the value is over the size limit")
        self.parts.append(part)

    def _sized(self, tag: bytes, data: bytes) -> None:
        self._add(tag + struct.pack("<I", len(data)))
        self._add(data)

    def put(self, value: Any, depth: int) -> None:
        self.nodes += 1
        if depth > MAX_DEPTH or self.nodes > MAX_NODES:
            raise TooLarge("the value is nested too deeply or has too many items")
        kind = type(value)
        if value is None:
            self._add(b"N")
        elif value is True or value is False:
            self._add(b"T" if value else b"F")
        elif issubclass(kind, int):
            self._integer(int.__index__(value))
        elif kind is float:
            self._add(b"f" + struct.pack("<d", value))
        elif issubclass(kind, str):
            # A lone surrogate is legal in a str and not in UTF-8: it arrives as an escape.
            self._sized(b"s", str.encode(value, "utf-8", "backslashreplace"))
        elif issubclass(kind, bytes | bytearray):
            self._sized(b"b", bytes(value))
        elif kind is Handle:
            self._add(b"h" + struct.pack("<I", value.number))
            self._sized(b"s", value.type_name[:MAX_NAME].encode("utf-8", "backslashreplace"))
        elif kind is Kit:
            self._sized(b"k", value.name.encode())
            self.put(value.data, depth + 1)
        elif kind is Opaque:
            self._opaque(value.type_name)
        elif issubclass(kind, list | tuple):
            base = list if issubclass(kind, list) else tuple
            items = list(base.__iter__(value))
            self._add((b"l" if base is list else b"t") + struct.pack("<I", len(items)))
            for item in items:
                self.put(item, depth + 1)
        elif issubclass(kind, dict):
            self._dict(value, depth)
        else:
            self._array_or_opaque(value, kind)

    def _dict(self, value: Any, depth: int) -> None:
        pairs = [(_plain_key(key), item) for key, item in dict.items(value)]
        odd = next((key for key, _ in pairs if not _is_key(key)), None)
        if odd is not None:
            self._opaque(f"dict with a key of type {type(odd).__qualname__}")
            return
        self._add(b"d" + struct.pack("<I", len(pairs)))
        for key, item in pairs:
            self.put(key, depth + 1)
            self.put(item, depth + 1)

    def _integer(self, value: int) -> None:
        size = value.bit_length() // 8 + 1
        if size > MAX_INT_BYTES:
            raise TooLarge(f"an integer of {size} bytes")
        self._sized(b"i", value.to_bytes(size, "little", signed=True))

    def _array_or_opaque(self, value: Any, kind: type) -> None:
        numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
        arrays = (numpy.ndarray, numpy.matrix) if numpy else ()
        if numpy and (kind in arrays or issubclass(kind, numpy.generic)):
            array = numpy.asarray(value)
            if array.dtype == numpy.longdouble:
                array = array.astype(numpy.float64)
            if array.dtype.name in NUMPY_DTYPES:
                self._check_size(array.size * array.itemsize)
                little = array.astype(array.dtype.newbyteorder("<"), copy=False)
                self._raw(b"a", NUMPY_DTYPES.index(array.dtype.name), array.shape, little.tobytes())
                return
            self._opaque(f"numpy array of dtype {array.dtype.name}")
        elif torch and kind in (torch.Tensor, torch.nn.Parameter):
            self._tensor(value, torch)
        else:
            self._opaque(f"{kind.__module__}.{kind.__qualname__}")

    def _tensor(self, value: Any, torch: Any) -> None:
        name = str(value.dtype).removeprefix("torch.")
        if value.layout is not torch.strided or value.device.type == "meta":
            self._opaque(f"torch tensor of layout {value.layout} on {value.device.type}")
            return
        if name not in TORCH_DTYPES:
            self._opaque(f"torch tensor of dtype {name}")
            return
        self._check_size(value.numel() * value.element_size())
        plain = value.detach().cpu().resolve_conj().resolve_neg().contiguous()
        if name == "bfloat16":
            plain = plain.view(torch.int16)
        self._raw(b"x", TORCH_DTYPES.index(name), tuple(value.shape), plain.numpy().tobytes())

    def _check_size(self, size: int) -> None:
        if size > self.left:
            raise TooLarge(f"an array of {size} bytes is over the size limit")

    def _raw(self, tag: bytes, code: int, shape: tuple[int, ...], data: bytes) -> None:
        self.nodes += ARRAY_NODES
        if len(shape) > MAX_DIMS:
            raise TooLarge(f"an array of {len(shape)} dimensions")
        if not data and max(shape) > MAX_EMPTY_DIMENSION:
            raise TooLarge(f"an empty array of shape {shape}")
        self._add(tag + struct.pack(f"<BB{len(shape)}Q", code, len(shape), *shape))
        self._add(data)

    def _opaque(self, name: str) -> None:
        self._sized(b"o", name[:MAX_NAME].encode("utf-8", "backslashreplace"))


def _plain_key(key: Any) -> Any:
    """A subclass's plain value: `np.unique` gives numpy's numbers as keys, an enum its own."""
    numpy = sys.modules.get("numpy")
    if numpy and isinstance(key, numpy.generic):
        return key.item()
    if isinstance(key, str):
        return str.__str__(key)
    return int.__index__(key) if isinstance(key, int) and type(key) is not bool else key


def _is_key(key: Any) -> bool:
    if type(key) is int:
        return abs(key) < _KEY_BOUND
    return type(key) in (str, bool, float, bytes, type(None))


class _Decoder:
    def __init__(self, data: memoryview, kits: bool, tensors: bool) -> None:
        self.data = data
        self.kits = kits
        self.tensors = tensors
        self.at = 0
        self.nodes = 0

    def _bytes(self, count: int) -> memoryview:
        end = self.at + count
        if end > len(self.data):
            raise WireError("the frame ends early")
        part = self.data[self.at : end]
        self.at = end
        return part

    def _count(self, smallest: int) -> int:
        """A number of items, each of which takes at least `smallest` of the bytes left."""
        (count,) = struct.unpack("<I", self._bytes(4))
        if count * smallest > len(self.data) - self.at:
            raise WireError("more items announced than there are bytes")
        return int(count)

    def _text(self) -> str:
        try:
            return str(self._bytes(self._count(1)), "utf-8")
        except UnicodeDecodeError as error:
            raise WireError("text is not UTF-8") from error

    def take(self, depth: int) -> Any:
        self.nodes += 1
        if depth > MAX_DEPTH or self.nodes > MAX_NODES:
            raise WireError("nested too deeply or too many items")
        tag = bytes(self._bytes(1))
        if tag == b"N":
            return None
        if tag in b"TF":
            return tag == b"T"
        if tag == b"i":
            size = self._count(1)
            if not 1 <= size <= MAX_INT_BYTES:
                raise WireError("an integer of no legal size")
            return int.from_bytes(self._bytes(size), "little", signed=True)
        if tag == b"f":
            return struct.unpack("<d", self._bytes(8))[0]
        if tag == b"s":
            return self._text()
        if tag == b"b":
            return bytes(self._bytes(self._count(1)))
        if tag == b"l":
            return [self.take(depth + 1) for _ in range(self._count(1))]
        if tag == b"t":
            return tuple([self.take(depth + 1) for _ in range(self._count(1))])
        if tag == b"d":
            return self._dict(depth)
        if tag in b"ax":
            return self._array(tensor=tag == b"x")
        if tag == b"h":
            (number,) = struct.unpack("<I", self._bytes(4))
            name = self.take(depth + 1)
            if type(name) is not str:
                raise WireError("a handle without a type name")
            return Handle(number, name[:MAX_NAME])
        if tag == b"k" and self.kits:
            return Kit(self._text(), self.take(depth + 1))
        if tag == b"o":
            return Opaque(self._text()[:MAX_NAME])
        raise WireError(f"unknown tag {tag!r}")

    def _dict(self, depth: int) -> dict[Any, Any]:
        result: dict[Any, Any] = {}
        for _ in range(self._count(2)):
            key = self.take(depth + 1)
            if not _is_key(key):
                raise WireError("a dictionary key of a kind that is not allowed")
            result[key] = self.take(depth + 1)
        return result

    def _array(self, *, tensor: bool) -> Any:
        import numpy as np

        self.nodes += ARRAY_NODES
        code, dims = struct.unpack("<BB", self._bytes(2))
        names = TORCH_DTYPES if tensor else NUMPY_DTYPES
        if code >= len(names) or dims > MAX_DIMS:
            raise WireError("an array of unknown dtype or too many dimensions")
        shape = struct.unpack(f"<{dims}Q", self._bytes(8 * dims))
        name = names[code]
        stored = np.dtype("int16" if name == "bfloat16" else name).newbyteorder("<")
        size = math.prod(shape) * stored.itemsize
        if size > len(self.data) - self.at:
            raise WireError("an array larger than its frame")
        if size == 0 and max(shape) > MAX_EMPTY_DIMENSION:
            raise WireError("an empty array of a dimension that is too large")
        raw = self._bytes(size)
        if name == "bool" and np.frombuffer(raw, np.uint8).max(initial=0) > 1:
            raise WireError("a boolean that is neither 0 nor 1")
        try:
            array = np.frombuffer(raw, stored).reshape(shape).astype(stored.newbyteorder("="))
        except ValueError as error:
            raise WireError("an array of impossible shape") from error
        if not tensor:
            return array
        if not self.tensors:
            return Opaque("torch.Tensor") if dims or name == "bfloat16" else array
        import torch

        result = torch.from_numpy(array)
        return result.view(torch.bfloat16) if name == "bfloat16" else result
