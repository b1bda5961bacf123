"""The codec: what goes in comes out, and nothing that arrives can do more than be refused."""

import contextlib
import math
import struct
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.sandbox import wire

LIMIT = 1 << 20


def round_trip(value: Any) -> Any:
    frame = wire.encode(value, LIMIT)
    assert wire.body_length(frame[: wire.HEADER.size], LIMIT) == len(frame) - wire.HEADER.size
    return wire.decode(frame[wire.HEADER.size :])


def plain_data() -> st.SearchStrategy[Any]:
    text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
    leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | text
    keys = text | st.integers(-(1 << 60), 1 << 60) | st.booleans()
    return st.recursive(
        leaves | st.binary(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.lists(inner, max_size=4).map(tuple)
            | st.dictionaries(keys, inner, max_size=4)
        ),
        max_leaves=20,
    )


@given(plain_data())
def test_plain_data_survives_a_round_trip(value: Any) -> None:
    back = round_trip(value)

    assert back == value
    assert type(back) is type(value)


@given(
    hnp.arrays(
        st.sampled_from(wire.NUMPY_DTYPES).map(np.dtype),
        hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
    )
)
def test_arrays_survive_bit_by_bit_with_nan_payloads(array: np.ndarray) -> None:
    back = round_trip(array)

    assert (back.dtype, back.shape) == (array.dtype, array.shape)
    assert back.tobytes() == array.tobytes()


@pytest.mark.parametrize("name", wire.TORCH_DTYPES)
def test_tensors_of_every_dtype_survive(name: str) -> None:
    tensor = torch.arange(6).reshape(2, 3).to(getattr(torch, name))

    back = round_trip(tensor)

    assert type(back) is torch.Tensor
    assert back.dtype == tensor.dtype
    assert torch.equal(back, tensor)


@pytest.mark.parametrize(
    "value",
    [
        np.arange(12.0).reshape(3, 4)[::2, ::-1],
        np.broadcast_to(np.float64(1.5), (3, 4)),
        np.arange(4, dtype=">f8"),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    ],
    ids=["negative strides", "zero strides", "big endian", "fortran order"],
)
def test_views_of_any_stride_arrive_as_plain_arrays(value: np.ndarray) -> None:
    back = round_trip(value)

    assert np.array_equal(back, value)
    assert back.flags.c_contiguous
    assert back.dtype.isnative


@pytest.mark.filterwarnings("ignore:the matrix subclass")
def test_a_matrix_and_long_doubles_arrive_as_plain_arrays_of_float64() -> None:
    for value in (np.matrix([[1.0, 2.0]]), np.array([[1, 2]], dtype=np.longdouble)):
        found = round_trip(value)

        assert type(found) is np.ndarray
        assert found.dtype == np.float64
        assert found.tolist() == [[1, 2]]
    assert round_trip(np.longdouble(3)) == 3


def test_parameters_and_views_of_tensors_arrive_as_plain_tensors() -> None:
    parameter = torch.nn.Parameter(torch.eye(3))

    for value in (parameter, parameter.t()[1:], parameter.detach().expand(2, 3, 3)):
        back = round_trip(value)

        assert torch.equal(back, value.detach())
        assert not back.requires_grad


class Sneaky(np.ndarray):
    def __eq__(self, other: object) -> bool:  # type: ignore[override]
        return True


class Equal(float):
    def __eq__(self, other: object) -> bool:
        return True


@pytest.mark.parametrize(
    "value",
    [
        np.eye(2).view(Sneaky),
        np.ma.masked_array([1.0], [True]),
        np.array([object()]),
        np.array(["text"]),
        Equal(1.0),
        iter([1]),
        {1, 2},
        torch.eye(2).to_sparse(),
        torch.empty(2, device="meta"),
        object(),
    ],
    ids=lambda value: type(value).__name__,
)
def test_objects_that_could_lie_arrive_as_a_name_only(value: object) -> None:
    assert type(round_trip(value)) is wire.Opaque


def test_records_survive() -> None:
    value = [wire.Handle(7, "torch.nn.Linear"), wire.Kit("mlp", [np.eye(2)]), wire.Opaque("set")]

    back = round_trip(value)

    assert back[0] == value[0]
    assert back[1].name == "mlp"
    assert back[2] == value[2]


def test_a_value_over_the_limit_is_refused_before_it_is_copied() -> None:
    huge = np.broadcast_to(np.float64(0), (1 << 40,))

    with pytest.raises(wire.TooLarge):
        wire.encode(huge, LIMIT)


def test_nesting_and_item_counts_are_bounded() -> None:
    deep: list[Any] = []
    for _ in range(wire.MAX_DEPTH + 2):
        deep = [deep]

    with pytest.raises(wire.TooLarge):
        wire.encode(deep, LIMIT)
    with pytest.raises(wire.TooLarge):
        wire.encode([None] * (wire.MAX_NODES + 1), 1 << 30)


def array_frame(code: int, shape: tuple[int, ...], data: bytes) -> bytes:
    return b"a" + struct.pack(f"<BB{len(shape)}Q", code, len(shape), *shape) + data


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"?",
        b"Nx",
        b"i" + struct.pack("<I", 0),
        b"i" + struct.pack("<I", 1 << 30),
        b"l" + struct.pack("<I", 0xFFFFFFFF),
        b"d" + struct.pack("<I", 1) + b"lN",
        b"d" + struct.pack("<I", 1) + b"l" + struct.pack("<I", 0) + b"N",
        b"s" + struct.pack("<I", 2) + b"\xff\xfe",
        array_frame(11, (1 << 40,), b""),
        array_frame(11, (0, 1 << 63), b""),
        array_frame(11, (1 << 33, 1 << 33, 0), b""),
        array_frame(200, (1,), b"\0" * 8),
        array_frame(0, (1,), b"\x02"),
        b"a" + struct.pack("<BB", 11, 200),
        b"h" + struct.pack("<I", 1) + b"N",
        b"[" * 100,
        b"l\x01\0\0\0" * 100 + b"N",
    ],
)
def test_malformed_bodies_are_wire_errors(body: bytes) -> None:
    with pytest.raises(wire.WireError):
        wire.decode(body)


@settings(max_examples=500, deadline=None)
@given(st.data())
def test_mutated_frames_raise_nothing_but_wire_errors(data: st.DataObject) -> None:
    value = [
        data.draw(plain_data()),
        np.arange(data.draw(st.integers(0, 5)), dtype=np.float32),
        wire.Kit("mlp", {"a": (1, 2.5, None)}),
        torch.ones(2, dtype=torch.bfloat16),
    ]
    body = bytearray(wire.encode(value, LIMIT)[wire.HEADER.size :])
    for _ in range(data.draw(st.integers(1, 4))):
        position = data.draw(st.integers(0, len(body) - 1))
        body[position] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        del body[data.draw(st.integers(0, len(body))) :]

    with contextlib.suppress(wire.WireError):
        wire.decode(body)


def test_an_announced_length_over_the_limit_is_refused() -> None:
    header = wire.HEADER.pack(wire.MAGIC, 1 << 62)

    with pytest.raises(wire.TooLarge):
        wire.body_length(header, LIMIT)
    with pytest.raises(wire.WireError):
        wire.body_length(wire.HEADER.pack(b"HTTP", 1), LIMIT)


def test_infinities_and_nan_cross() -> None:
    back = round_trip([math.inf, -math.inf, math.nan, -0.0])

    assert back[:2] == [math.inf, -math.inf]
    assert math.isnan(back[2])
    assert math.copysign(1, back[3]) == -1
