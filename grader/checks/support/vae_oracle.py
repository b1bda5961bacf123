"""The VAE of the figure computed by the grader; a student's parameters found by what they do."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from grader.checks.support.compare import as_list, as_tensor
from grader.checks.support.networks import (
    arrangements,
    dense,
    expect_output,
    give_weights,
    identity,
    normal,
    relu,
    set_weights,
    sigmoid,
    uniform,
)

if TYPE_CHECKING:
    import torch

    from grader.checks.support.networks import Layer

Z_DIM = 20
# hidden, mean, log-variance, decoder's hidden, pixels
LAYERS = [(784, 400), (400, Z_DIM), (400, Z_DIM), (Z_DIM, 400), (400, 784)]


def encode(x: torch.Tensor, layers: Sequence[Layer]) -> tuple[torch.Tensor, torch.Tensor]:
    """The figure's encoder: (mu, logvar)."""
    hidden, mean, logvar, *_ = layers
    h = dense(x, [hidden], identity, relu)
    return dense(h, [mean], identity, identity), dense(h, [logvar], identity, identity)


def decode(z: torch.Tensor, layers: Sequence[Layer]) -> torch.Tensor:
    """The figure's decoder."""
    return dense(z, layers[3:], relu, sigmoid)


class Machine:
    """A student's VAE in the worker, with weights of the grader's and known roles for each."""

    def __init__(self, submission: Any, seed: int) -> None:
        import torch

        self.model = submission.keep("VAE")
        self._weights = give_weights(self.model, seed, gain=1.5)
        x, z = uniform(seed, 3, 784), normal(seed, 3, Z_DIM)
        readings = list(arrangements(self._weights, LAYERS))
        heads = as_list(self.model.method("encode", x), 2, what="encode(x), which is (mu, logvar),")
        mu, logvar = (as_tensor(head, (3, Z_DIM), what="each part of encode(x)") for head in heads)

        def wrong(change: Any) -> Any:
            return lambda layers: torch.cat(change(*encode(x, layers)), 1)

        layers = expect_output(
            torch.cat([mu, logvar], 1),
            readings,
            lambda layers: torch.cat(encode(x, layers), 1),
            law="encode applies ReLU after its first layer and nothing after the two heads",
            mistakes={
                "the second head is made positive here: it is the log of the variance": wrong(
                    lambda m, v: (m, v.relu())
                ),
                "ReLU is applied to both heads": wrong(lambda m, v: (m.relu(), v.relu())),
                "the second head is exponentiated here: return the log of the variance": wrong(
                    lambda m, v: (m, v.exp())
                ),
                "the second head is softplus-ed here: return the log of the variance": wrong(
                    lambda m, v: (m, torch.nn.functional.softplus(v))
                ),
            },
        )
        # readings that encode cannot tell apart differ in the decoder alone
        same = [r for r in readings if _encode_alike(r, layers)]
        self.layers = expect_output(
            self.model.method("decode", z),
            same,
            lambda layers: decode(z, layers),
            law="decode applies ReLU after its first layer and a sigmoid after its last",
            mistakes={
                "the sigmoid at the end is missing": lambda layers: dense(
                    z, layers[3:], relu, identity
                ),
                "the ReLU between is missing": lambda layers: dense(
                    z, layers[3:], identity, sigmoid
                ),
            },
        )
        self._reading = next(i for i, r in enumerate(readings) if r is self.layers)

    def set_layers(self, wanted: Sequence[Layer | None]) -> None:
        """Load these weights into the layers; None keeps a layer as it is."""
        copies = {name: tensor.clone() for name, tensor in self._weights.items()}
        # a reading is made of views of the tensors that it reads
        layers = next(islice(arrangements(copies, LAYERS), self._reading, None))
        for layer, new in zip(layers, wanted, strict=True):
            if new is not None:
                layer[0].copy_(new[0])
                layer[1].copy_(new[1])
        set_weights(self.model, copies)
        self._weights, self.layers = copies, layers


def _encode_alike(one: Sequence[Layer], other: Sequence[Layer]) -> bool:
    return all(
        a.data_ptr() == b.data_ptr() and a.stride() == b.stride()
        for first, second in zip(one[:3], other[:3], strict=True)
        for a, b in zip(first, second, strict=True)
    )
