"""Inputs that several topics draw: small arrays of round numbers, regression data, networks.

Arrays are built by numpy from a drawn seed: cheap to draw, cheap to shrink, short to read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

if TYPE_CHECKING:
    import torch

DEPENDENCES = ("duplicate", "zero", "constant", "sum", "wide")
DTYPES = ("float64", "float32")


def seeds(max_value: int = 9999) -> st.SearchStrategy[int]:
    """Seeds of a numpy generator: `7`."""
    return st.integers(0, max_value)


def decimals(rng: np.random.Generator, *shape: int, scale: float = 1.5) -> np.ndarray:
    """Normal numbers of one decimal, which a counterexample can show: `[0.3, -1.2]`."""
    return np.round(rng.normal(0.0, scale, shape), 1) + 0.0


@dataclass(frozen=True)
class Regression:
    """Features X (m, n) and targets y (m,)."""

    X: np.ndarray
    y: np.ndarray

    @property
    def design(self) -> np.ndarray:
        """The design with the column of ones first, (m, n + 1)."""
        return np.column_stack([np.ones(len(self.X)), self.X])

    @property
    def condition(self) -> float:
        """The condition number of the design."""
        return float(np.linalg.cond(self.design))


@st.composite
def regressions(
    draw: st.DrawFn, max_features: int = 3, *, max_condition: float = 100.0
) -> Regression:
    """Data of full column rank: `Regression(X=[[0.2], [-0.2], [1.0]], y=[0.2, -0.8, 0.5])`."""
    n = draw(st.integers(1, max_features))
    m = draw(st.integers(n + 2, n + 7))
    rng = np.random.default_rng(draw(seeds()))
    data = Regression(decimals(rng, m, n), decimals(rng, m))
    # At this condition number even an explicit inverse of A^T A keeps nine digits.
    assume(data.condition <= max_condition)
    return data


@st.composite
def near_dependences(draw: st.DrawFn, *, max_condition: float = 1e6) -> Regression:
    """Noise-free data whose columns nearly depend on each other, y = A beta for whole beta.

    `Regression(X=[[1000.2], [999.8], [1001.0]], y=[3001.6, 3000.4, 3004.0])`.
    """
    n = draw(st.integers(1, 3))
    m = draw(st.integers(n + 2, n + 5))
    exponent = draw(st.integers(1, 5))
    rng = np.random.default_rng(draw(seeds()))
    X = decimals(rng, m, n)
    if n == 1:
        X[:, 0] = 10.0**exponent / 2 + X[:, 0]
    else:
        X[:, -1] = X[:, 0] + 10.0**-exponent * decimals(rng, m)
    data = Regression(X, np.zeros(m))
    assume(data.condition <= max_condition)
    beta = rng.integers(1, 6, n + 1) * rng.choice([-1.0, 1.0], n + 1)
    return Regression(X, data.design @ beta)


@st.composite
def dependent_regressions(
    draw: st.DrawFn, dependences: tuple[str, ...] = DEPENDENCES
) -> Regression:
    """Exactly dependent columns of whole numbers: `Regression(X=[[1, 1], [2, 2]], y=[0.3, 1])`."""
    kind = draw(st.sampled_from(dependences))
    n = draw(st.integers(2, 4))
    m = draw(st.integers(2, n) if kind == "wide" else st.integers(n + 1, n + 5))
    rng = np.random.default_rng(draw(seeds()))
    X = rng.integers(-4, 5, (m, n)).astype(np.float64)
    if kind == "duplicate":
        X[:, -1] = X[:, 0]
    elif kind == "zero":
        X[:, -1] = 0.0
    elif kind == "constant":
        X[:, -1] = float(rng.integers(1, 4))
    elif kind == "sum":
        X[:, -1] = X[:, 0] - X[:, -2] if n > 2 else 2.0 * X[:, 0]
    data = Regression(X, decimals(rng, m))
    spectrum = np.linalg.svd(data.design, compute_uv=False)
    rank = np.count_nonzero(spectrum >= 1e-4 * spectrum[0])
    assume(np.all(spectrum[rank:] <= 1e-15 * spectrum[0]))
    # Zero but for rounding: even a cut-off at the last bit, `rcond=-1`, sees the rank, whether the
    # ones are the first column or the last. It is the only usual one that could lose by a draw.
    for design in (data.design, np.roll(data.design, -1, axis=1)):
        assume(np.linalg.lstsq(design, data.y, rcond=-1)[2] == rank)
    return data


@dataclass(frozen=True)
class Network:
    """A ReLU network, examples in [0, 1] and labels; float64 arrays of short decimals.

    `layers` holds the (weight, bias) pairs; `dtype` names the torch type that a student is given.
    """

    layers: tuple[tuple[np.ndarray, np.ndarray], ...]
    x: np.ndarray
    y: np.ndarray
    dtype: str = "float64"

    @property
    def classes(self) -> int:
        """The number of logits."""
        return len(self.layers[-1][1])

    def tensors(self) -> list[tuple[torch.Tensor, torch.Tensor]]:
        """The layers as tensors of the network's dtype, for a kit."""
        return [(self.tensor(weight), self.tensor(bias)) for weight, bias in self.layers]

    def tensor(self, array: np.ndarray) -> torch.Tensor:
        """An array as a tensor of the network's dtype."""
        import torch

        return torch.tensor(array, dtype=getattr(torch, self.dtype))

    def inputs(self) -> torch.Tensor:
        """The examples as a tensor."""
        return self.tensor(self.x)

    def labels(self) -> torch.Tensor:
        """The labels as an int64 tensor."""
        import torch

        return torch.tensor(self.y, dtype=torch.int64)

    def one_by_one(self) -> list[Network]:
        """The same network for each example alone."""
        rows = range(len(self.y))
        return [replace(self, x=self.x[i : i + 1], y=self.y[i : i + 1]) for i in rows]


@st.composite
def networks(
    draw: st.DrawFn,
    max_examples: int = 4,
    *,
    min_examples: int = 1,
    max_hidden: int = 2,
    low: float = 0.0,
    high: float = 1.0,
    dtypes: tuple[str, ...] = DTYPES,
) -> Network:
    """Networks with up to `max_hidden` hidden layers: `Network(layers=(([[0.4]], [0.1]),), ...)`.

    Weights are of the size at which signals neither die out nor saturate the softmax.
    """
    widths = [draw(st.integers(1, 4))]
    widths += [draw(st.integers(2, 5)) for _ in range(draw(st.integers(0, max_hidden)))]
    widths += [draw(st.integers(2, 4))]
    m = draw(st.integers(min_examples, max_examples))
    dtype = draw(st.sampled_from(dtypes))
    rng = np.random.default_rng(draw(seeds()))
    return network(rng, widths, m, low=low, high=high, dtype=dtype)


def interior(max_examples: int = 4, **narrower: Any) -> st.SearchStrategy[Network]:
    """Networks whose examples stay in [0, 1] under any attack of size 0.2."""
    return networks(max_examples, low=0.3, high=0.7, **narrower)


def network(
    rng: np.random.Generator,
    widths: list[int],
    examples: int,
    *,
    low: float = 0.0,
    high: float = 1.0,
    dtype: str = "float64",
) -> Network:
    """A network of the widths, its weights and examples rounded to two decimals."""
    layers = []
    for inputs, outputs in pairwise(widths):
        weight = np.round(rng.normal(0.0, 1.2 / np.sqrt(inputs), (outputs, inputs)), 2) + 0.0
        layers.append((weight, np.round(rng.normal(0.0, 0.4, outputs), 2) + 0.0))
    x = np.round(rng.uniform(low, high, (examples, widths[0])), 2)
    return Network(tuple(layers), x, rng.integers(0, widths[-1], examples), dtype)
