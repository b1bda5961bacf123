"""The GAN of the figure computed by the grader, and a game in the worker whose moves it knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from grader.checks.support.compare import as_float, as_list, as_tensor, close, holds
from grader.checks.support.networks import (
    DENSE,
    arrangements,
    dense,
    draw_weights,
    expect_output,
    identity,
    normal,
    set_weights,
    sides,
    sigmoid,
    tanh,
)
from grader.sandbox import kits

if TYPE_CHECKING:
    import torch

    from grader.checks.support.networks import Activation, Layer, Network

DISCRIMINATOR = [(784, 512), (512, 256), (256, 1)]
NAMES = ("generator", "discriminator")
LAYERS_OF_THE_FIGURE = "the networks have the layers of the figure"

SLOPE = "nn.LeakyReLU's own default slope is 0.01; the figure wants 0.2"
RELU = "this is ReLU; the figure wants LeakyReLU(0.2)"
LINEAR = "there is no activation between the layers; the figure wants LeakyReLU(0.2)"


def generator_layers(z_dim: int) -> list[tuple[int, int]]:
    """(inputs, outputs) of the generator's layers."""
    return [(z_dim, 256), (256, 512), (512, 784)]


def leaky(slope: float) -> Activation:
    """LeakyReLU of a slope."""
    import torch

    return lambda t: torch.nn.functional.leaky_relu(t, slope)


def generate(
    z: torch.Tensor, layers: Sequence[Layer], hidden: Activation | None = None
) -> torch.Tensor:
    """The figure's generator."""
    return dense(z, layers, hidden or leaky(0.2), tanh)


def discriminate(
    x: torch.Tensor, layers: Sequence[Layer], hidden: Activation | None = None
) -> torch.Tensor:
    """The figure's discriminator."""
    return dense(x, layers, hidden or leaky(0.2), sigmoid)


def expect_generator(got: Any, z: torch.Tensor, readings: Sequence[Sequence[Layer]]) -> None:
    """`got` is what the figure's generator makes of z, with a hint for the known mistakes."""
    others = {
        "the output is a sigmoid's, in [0, 1]; the figure wants tanh": sigmoid,
        "the tanh at the end is missing": identity,
    }
    law = "Generator applies LeakyReLU(0.2) between its layers and tanh at the end"
    _expect(got, z, readings, tanh, others, law)


def expect_discriminator(got: Any, x: torch.Tensor, readings: Sequence[Sequence[Layer]]) -> None:
    """`got` is what the figure's discriminator says of x, with a hint for the known mistakes."""
    others = {
        "the sigmoid at the end is missing": identity,
        "the output is a tanh's, in [-1, 1]; the figure wants a sigmoid": tanh,
    }
    law = "Discriminator applies LeakyReLU(0.2) between its layers and a sigmoid at the end"
    _expect(got, x, readings, sigmoid, others, law)


def _expect(
    got: Any,
    x: torch.Tensor,
    readings: Sequence[Sequence[Layer]],
    last: Activation,
    others: Mapping[str, Activation],
    law: str,
) -> None:
    def network(slope: float, last: Activation) -> Network:
        return lambda layers: dense(x, layers, leaky(slope), last)

    slopes = {SLOPE: network(0.01, last), RELU: network(0.0, last), LINEAR: network(1.0, last)}
    ends = {hint: network(0.2, other) for hint, other in others.items()}
    expect_output(got, readings, network(0.2, last), law=law, mistakes={**slopes, **ends})


def bce(d: torch.Tensor, label: float) -> torch.Tensor:
    """Mean binary cross entropy of probabilities against one label."""
    import torch

    return torch.nn.functional.binary_cross_entropy(d, torch.full_like(d, label))


@dataclass(frozen=True)
class Moves:
    """The losses of one step, each before its own update, and the layers after it."""

    loss_d: float
    loss_g: float
    loss_g_too_early: float
    """The generator's loss against the discriminator before its update: a known mistake."""
    layers: tuple[list[Layer], list[Layer]]
    """Generator and discriminator, as after the step."""
    clearance: float
    """How far from 0 every input of a LeakyReLU stays; its slope changes there."""


class Game:
    """A generator and a discriminator in the worker, with weights of the grader's.

    The generator's first weight is zero, so that every fake of a batch is the same image, whatever
    is drawn as z, and each update can be computed beforehand. `reset` begins every turn.
    """

    def __init__(self, submission: Any, seed: int, z_dim: int = 3) -> None:
        self._submission = submission
        self.z_dim = z_dim
        self.generator = submission.keep("Generator", z_dim)
        self.discriminator = submission.keep("Discriminator")
        self._g = draw_weights(self.generator, seed, gain=1.5)
        self._d = draw_weights(self.discriminator, seed + 50, gain=1.5)
        z, x = normal(seed, 2, z_dim), normal(seed, 2, 784)
        self._ways = (
            _way(self.generator, z, self._g, generator_layers(z_dim), generate),
            _way(self.discriminator, x, self._d, DISCRIMINATOR, discriminate),
        )
        for name, tensor in self._g.items():
            if sides(tensor.shape) == sides((z_dim, 256)):
                self._g[name] = tensor * 0

    def reset(self) -> None:
        """Load the first weights; gradients and optimisers stay as they are."""
        set_weights(self.generator, self._g)
        set_weights(self.discriminator, self._d)

    def optimizers(self, lr_g: float, lr_d: float) -> tuple[Any, Any]:
        """Plain gradient descent for the two networks, in the order of `train_step`."""
        return (
            self._submission.build(kits.optimizer("sgd", [self.generator], lr=lr_g)),
            self._submission.build(kits.optimizer("sgd", [self.discriminator], lr=lr_d)),
        )

    def step(self, real: torch.Tensor, optimizers: tuple[Any, Any]) -> tuple[float, float]:
        """The student's `train_step`: (loss_d, loss_g)."""
        networks = self.generator, self.discriminator
        losses = as_list(
            self._submission.call("train_step", *networks, real, *optimizers),
            2,
            what="(loss_d, loss_g)",
        )
        return as_float(losses[0], "loss_d"), as_float(losses[1], "loss_g")

    def parameters(self, name: str) -> dict[str, torch.Tensor]:
        """What the "generator" or the "discriminator" holds now."""
        found: dict[str, torch.Tensor] = getattr(self, name).parameters()
        return found

    def layers_before(self) -> tuple[list[Layer], list[Layer]]:
        """The first weights, generator and discriminator."""
        return self._read(self._g, self._d)

    def layers_after(self) -> tuple[list[Layer], list[Layer]]:
        """The weights as they are now, generator and discriminator."""
        return self._read(*map(self.parameters, NAMES))

    def _read(
        self, g: dict[str, torch.Tensor], d: dict[str, torch.Tensor]
    ) -> tuple[list[Layer], list[Layer]]:
        way_g, way_d = self._ways
        read_g = next(islice(arrangements(g, generator_layers(self.z_dim)), way_g, None), None)
        read_d = next(islice(arrangements(d, DISCRIMINATOR), way_d, None), None)
        if read_g is None or read_d is None:
            holds(False, law=LAYERS_OF_THE_FIGURE)
            raise AssertionError("holds lets no false condition pass")
        return read_g, read_d

    def moves(self, real: torch.Tensor, lr_g: float, lr_d: float) -> Moves:
        """What one step from the first weights must give, in float64."""
        import torch

        g, d = (_leaves(layers) for layers in self.layers_before())
        x, z = real.double(), torch.zeros(len(real), self.z_dim, dtype=torch.float64)
        distances: list[float] = []

        def hidden(t: torch.Tensor) -> torch.Tensor:
            distances.append(t.detach().abs().min().item())
            return leaky(0.2)(t)

        fake = generate(z, g, hidden)
        d_real, d_fake = (discriminate(images, d, hidden) for images in (x, fake.detach()))
        loss_d, too_early = bce(d_real, 1) + bce(d_fake, 0), bce(d_fake, 1).item()
        _descend(d, loss_d, lr_d)
        loss_g = bce(discriminate(fake, d, hidden), 1)
        _descend(g, loss_g, lr_g)
        return Moves(loss_d.item(), loss_g.item(), too_early, (g, d), min(distances))


def _way(
    network: Any,
    inputs: torch.Tensor,
    weights: dict[str, torch.Tensor],
    shapes: Sequence[tuple[int, int]],
    computed: Callable[[torch.Tensor, Sequence[Layer]], torch.Tensor],
) -> int:
    """Which arrangement of a network's parameters is meant, where several have the shapes."""
    readings = list(arrangements(weights, shapes))
    holds(bool(readings), law=LAYERS_OF_THE_FIGURE)
    if len(readings) == 1:
        return 0
    set_weights(network, weights)
    got = as_tensor(network(inputs), what="a network's output")
    fits = [close(got, computed(inputs, layers), DENSE, evidence=False) for layers in readings]
    return fits.index(True) if any(fits) else 0


def _leaves(layers: Sequence[Layer]) -> list[Layer]:
    return [
        (weight.detach().double().requires_grad_(), bias.detach().double().requires_grad_())
        for weight, bias in layers
    ]


def _descend(layers: Sequence[Layer], loss: torch.Tensor, lr: float) -> None:
    """One step of plain gradient descent on every layer, in place."""
    import torch

    flat = [tensor for layer in layers for tensor in layer]
    for tensor, gradient in zip(flat, torch.autograd.grad(loss, flat), strict=True):
        tensor.data -= lr * gradient
