"""Oracles for students' dense networks: judged by the shapes and behaviour of their parameters.

Parameters may have any names, any order and be stored either way round. A network is given weights
of the grader's, found again by their shapes, and must compute what the figure says with them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from grader.checks.support.compare import Tolerance, as_tensor, close, holds, matching
from grader.engine.show import to_numpy

if TYPE_CHECKING:
    import torch

    Layer: TypeAlias = tuple[torch.Tensor, torch.Tensor]
    Activation: TypeAlias = Callable[[torch.Tensor], torch.Tensor]
    Network: TypeAlias = Callable[[Sequence[Layer]], torch.Tensor]

DENSE = Tolerance(1e-4, 1e-5, "float32, sums of up to 784 products")


def identity(t: torch.Tensor) -> torch.Tensor:
    """No activation."""
    return t


def relu(t: torch.Tensor) -> torch.Tensor:
    """max(t, 0)."""
    return t.relu()


def sigmoid(t: torch.Tensor) -> torch.Tensor:
    """1 / (1 + e^-t)."""
    return t.sigmoid()


def tanh(t: torch.Tensor) -> torch.Tensor:
    """Twice the sigmoid of 2 t, less 1."""
    return t.tanh()


def normal(seed: int, *shape: int) -> torch.Tensor:
    """Standard normal numbers, float32, from a generator of their own."""
    import torch

    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def uniform(seed: int, *shape: int) -> torch.Tensor:
    """Numbers in [0, 1), float32, from a generator of their own."""
    import torch

    return torch.rand(shape, generator=torch.Generator().manual_seed(seed))


def expect_layers(state: Mapping[str, Any], layers: Sequence[tuple[int, int]], what: str) -> None:
    """The parameters are one weight and one bias per (inputs, outputs), and nothing besides."""
    wanted = Counter(shape for i, o in layers for shape in (sides((i, o)), sides((o,))))
    got = Counter(sides(tensor.shape) for tensor in state["parameters"].values())
    holds(
        got == wanted,
        law=f"{what} has the layers of the figure, each with a weight and a bias",
        got=_listed(got),
        expected=_listed(wanted),
        hint="a bias is missing"
        if not got - wanted and all(len(shape) < 2 for shape in wanted - got)
        else None,
    )
    fixed = sorted(name for name, learns in state["requires_grad"].items() if not learns)
    holds(not fixed, law=f"every parameter of {what} is trained", got=f"{fixed} are not")


def sides(shape: Sequence[int]) -> tuple[int, ...]:
    """A shape whichever way round it is stored: sorted, without the sides of 1."""
    return tuple(sorted(side for side in shape if side != 1))


def _listed(shapes: Counter[tuple[int, ...]]) -> str:
    return ", ".join("x".join(map(str, shape)) or "1" for shape in sorted(shapes.elements()))


def give_weights(model: Any, seed: int, gain: float = 1.0) -> dict[str, torch.Tensor]:
    """Load drawn parameters into a kept module; returns them by the student's own names.

    Their standard deviation is `gain` over the root of their longer side.
    """
    drawn = draw_weights(model, seed, gain)
    set_weights(model, drawn)
    return drawn


def draw_weights(model: Any, seed: int, gain: float = 1.0) -> dict[str, torch.Tensor]:
    """Parameters for a kept module, by its own names and shapes; the module keeps those it has."""
    return {
        name: normal(seed + k, *shape) * (gain / max((16, *shape)) ** 0.5)
        for k, (name, shape) in enumerate(model.shapes().items())
    }


def set_weights(model: Any, parameters: Mapping[str, torch.Tensor]) -> None:
    """Load parameters by name into a kept module, its buffers left as they are."""
    model.method("load_state_dict", dict(parameters), False)


def arrangements(
    parameters: Mapping[str, torch.Tensor], layers: Sequence[tuple[int, int]]
) -> Iterator[list[Layer]]:
    """Every way to read the parameters as these layers: (weight (outputs, inputs), bias).

    There is more than one where shapes repeat: an autoencoder has two layers of 784 and 400. There
    is none for a network with many more parameters: these could be read in any number of ways.
    """
    if len(parameters) > 2 * len(layers) + 2:
        return
    yield from _arrange(dict(parameters), list(layers))


def _arrange(left: dict[str, torch.Tensor], layers: list[tuple[int, int]]) -> Iterator[list[Layer]]:
    if not layers:
        yield []
        return
    (inputs, outputs), *others = layers
    # Sides of 1 tell nothing: a weight may be that of a convolution, or a vector.
    wanted = sides((outputs, inputs))
    fitting = [(n, t.squeeze()) for n, t in left.items() if sides(t.shape) == wanted]
    plain = tuple(side for side in (outputs, inputs) if side != 1)
    # first the way that nn.Linear stores a weight, then the other way round
    readings = [(n, t.reshape(outputs, inputs)) for n, t in fitting if tuple(t.shape) == plain]
    if 1 not in (inputs, outputs):
        readings += [(n, t.T) for n, t in fitting if tuple(t.shape) == (inputs, outputs)]
    biases = [(n, t.reshape(-1)) for n, t in left.items() if sides(t.shape) == sides((outputs,))]
    for weight_name, weight in readings:
        for bias_name, bias in biases:
            if weight_name == bias_name:
                continue
            rest = {n: t for n, t in left.items() if n not in (weight_name, bias_name)}
            for tail in _arrange(rest, others):
                yield [(weight, bias), *tail]


def dense(
    x: torch.Tensor, layers: Sequence[Layer], hidden: Activation, last: Activation
) -> torch.Tensor:
    """The output of dense layers, `hidden` between them and `last` after the last one."""
    for weight, bias in layers[:-1]:
        x = hidden(x @ weight.T + bias)
    weight, bias = layers[-1]
    return last(x @ weight.T + bias)


def expect_output(
    got: Any,
    readings: Sequence[Sequence[Layer]],
    network: Network,
    *,
    law: str,
    mistakes: Mapping[str, Network] | None = None,
) -> Sequence[Layer]:
    """`got` is what the network computes under one of the readings, which is returned."""
    holds(bool(readings), law="the network's parameters are those of the figure's layers")
    wanted = [network(layers) for layers in readings]
    tensor = as_tensor(got, wanted[0].shape, what="the output")

    for layers, expected in zip(readings, wanted, strict=True):
        if close(tensor, expected, DENSE):
            return layers
    wrong = (
        (hint, network(layers)) for hint, network in (mistakes or {}).items() for layers in readings
    )
    hint = matching(to_numpy(tensor), DENSE, wrong)
    holds(False, law=law, got=tensor, expected=wanted[0], hint=hint)
    raise AssertionError("holds lets no false condition pass")
