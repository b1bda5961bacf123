"""Scores of trained generative models on held-out MNIST, and the curve that turns them to points.

The same functions serve the checks and the calibration that chose the thresholds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from grader.checks.support import pictures
from grader.checks.support.compare import as_tensor, holds
from grader.data import classifier, mnist

if TYPE_CHECKING:
    import torch

    Decoder: TypeAlias = Callable[[torch.Tensor], torch.Tensor]

CONFIDENT = 0.95
SAMPLES = 10_000
# what a model that only just passes gets of the points; from there a straight line up to "full"
SHARE_AT_PASS = 0.5


@dataclass(frozen=True)
class SampleScores:
    """What the classifier says of a set of generated images."""

    clear: float
    """Share of the images that the classifier is sure of, with a probability above 0.95. Each
    digit counts up to a tenth, so that one clear digit alone gives 0.1; real images: 0.96."""

    digits: float
    """The exponential of the entropy of the digits found: 10 when all come equally often."""

    frechet: float
    """Frechet distance to the real test images in the classifier's 1024 penultimate features."""


def sample_scores(images: torch.Tensor) -> SampleScores:
    """Scores of generated images (n, 784) in [0, 1]; several checks may ask for the same ones."""
    key = hashlib.sha256(images.contiguous().numpy().data).digest()
    if key not in _scored:
        _scored[key] = _sample_scores(images)
    return _scored[key]


_scored: dict[bytes, SampleScores] = {}


def _sample_scores(images: torch.Tensor) -> SampleScores:
    import torch

    probabilities = torch.softmax(classifier.logits(images).double(), 1)
    best, digit = probabilities.max(1)
    shares = torch.bincount(digit, minlength=10).double() / len(images)
    sure = torch.bincount(digit[best > CONFIDENT], minlength=10).double() / len(images)
    entropy = torch.special.entr(shares).sum()
    return SampleScores(
        clear=sure.clamp(max=0.1).sum().item(),
        digits=entropy.exp().item(),
        frechet=frechet_distance(_moments(images), _real_moments()),
    )


def decoded(decode: Decoder, scaled_to: tuple[float, float], seed: int, z_dim: int) -> torch.Tensor:
    """`SAMPLES` images (n, 784) in [0, 1] that a model makes of latent vectors of the grader's."""
    import torch

    low, high = scaled_to
    z = torch.randn(SAMPLES, z_dim, generator=torch.Generator().manual_seed(seed))
    parts = [
        as_tensor(decode(z[part]), (len(z[part]), 784), what="the generated images")
        for part in parts_of(SAMPLES)
    ]
    images = (torch.cat(parts).float() - low) / (high - low)
    inside = bool(((images >= -1e-4) & (images <= 1 + 1e-4)).all())
    holds(inside, law=f"the generated images are in [{low:g}, {high:g}]")
    return images.clamp(0, 1)


def frechet_distance(
    first: tuple[np.ndarray, np.ndarray], second: tuple[np.ndarray, np.ndarray]
) -> float:
    """Between two Gaussians given as (mean, covariance).

    The trace of (C1 C2)^(1/2) is taken as that of the symmetric (C1^(1/2) C2 C1^(1/2))^(1/2):
    its eigenvalues are the same, real and, rounding apart, never negative.
    """
    (mean1, cov1), (mean2, cov2) = first, second
    values, vectors = np.linalg.eigh(cov1)
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    cross = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ cov2 @ root), 0)).sum()
    gap = mean1 - mean2
    return max(0.0, float(gap @ gap + np.trace(cov1) + np.trace(cov2) - 2 * cross))


def _moments(images: torch.Tensor) -> tuple[np.ndarray, np.ndarray]:
    features = classifier.features(images).double()
    return features.mean(0).numpy(), features.T.cov().numpy()


@cache
def _real_moments() -> tuple[np.ndarray, np.ndarray]:
    return _moments(mnist.test_images())


def rescaled(images: torch.Tensor) -> torch.Tensor:
    """Images in [-1, 1], as a generator makes them, brought to [0, 1]."""
    return (images + 1) / 2


def restoration(restored: torch.Tensor, clean: torch.Tensor) -> tuple[float, float]:
    """Mean binary cross entropy and mean squared error per pixel of restored images."""
    bce = cross_entropy(restored, clean).mean().item()
    return bce, (restored - clean).square().double().mean().item()


def negative_elbo(
    decode: Decoder, images: torch.Tensor, mu: torch.Tensor, logvar: torch.Tensor, seed: int
) -> float:
    """Mean negative evidence lower bound per image (n, 784), from one sample of z each.

    mu, logvar: (n, z_dim), what the encoder made of the images. A bound holds for any of them.
    """
    terms = []
    for part in parts_of(len(images)):
        z = _draw(mu[part], logvar[part], seed + part.start)
        reconstruction = cross_entropy(decode(z), images[part]).sum(1)
        terms.append((reconstruction + kl_to_prior(mu[part], logvar[part])).double().sum())
    return float(sum(terms) / len(images))


def importance_bound(
    decode: Decoder,
    images: torch.Tensor,
    mu: torch.Tensor,
    logvar: torch.Tensor,
    seed: int,
    samples: int = 50,
) -> float:
    """Mean importance-weighted bound per image: tighter than the ELBO, never below -log p(x).

    Source: Burda et al., Importance Weighted Autoencoders, equation 8.
    """
    import torch

    weights = []
    for k in range(samples):
        z = _draw(mu, logvar, seed + k)
        log_prior = -0.5 * z.square().sum(1)
        log_posterior = -0.5 * ((z - mu).square() / logvar.exp() + logvar).sum(1)
        log_likelihood = -cross_entropy(decode(z), images).sum(1)
        weights.append((log_likelihood + log_prior - log_posterior).double())
    log_mean = torch.stack(weights).logsumexp(0) - torch.tensor(float(samples)).log()
    return -log_mean.mean().item()


def _draw(mu: torch.Tensor, logvar: torch.Tensor, seed: int) -> torch.Tensor:
    import torch

    noise = torch.randn(mu.shape, generator=torch.Generator().manual_seed(seed))
    return mu + (logvar / 2).exp() * noise


def parts_of(count: int, size: int = 2500) -> list[slice]:
    """Slices of a set of images: one reply holds at most 64 MiB."""
    return [slice(start, min(start + size, count)) for start in range(0, count, size)]


def cross_entropy(predicted: torch.Tensor, images: torch.Tensor) -> torch.Tensor:
    """Binary cross entropy of every pixel, its logarithms cut at -100 as torch cuts them."""
    log_p = predicted.log().clamp(min=-100)
    log_q = (-predicted).log1p().clamp(min=-100)
    return -(images * log_p + (1 - images) * log_q)


def kl_to_prior(mu: torch.Tensor, logvar: torch.Tensor) -> torch.Tensor:
    """Divergence of N(mu, e^logvar) from the unit Gaussian, one number per image."""
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)


SCORES = {
    "clear": "share of clear digits",
    "digits": "number of kinds of digits",
    "frechet": "Frechet distance to real digits",
}


def award_samples(entry: Any, images: torch.Tensor, score: str) -> None:
    """Give a check's points for one of the `SCORES` of generated images."""
    _DRAWINGS[score](entry, images)
    award(entry, score, getattr(sample_scores(images), score), SCORES[score])


def _draw_samples(entry: Any, images: torch.Tensor) -> None:
    """The first samples, and what the classifier takes them for: `7?` where it is not sure."""
    import torch

    first = images[:24]
    best, digits = torch.softmax(classifier.logits(first).double(), 1).max(1)
    words = [
        f"{digit}{'' if sure > CONFIDENT else '?'}"
        for digit, sure in zip(digits.tolist(), best.tolist(), strict=True)
    ]
    rows = {f"{at + 1} to {at + 8}": first[at : at + 8] for at in range(0, 24, 8)}
    captions = {name: words[8 * at : 8 * at + 8] for at, name in enumerate(rows)}
    title = "Generated images, and what the classifier reads (? where it is not sure)"
    entry.draw(pictures.images(title, rows, captions))


def _draw_digits(entry: Any, images: torch.Tensor) -> None:
    """How often each digit comes among the samples, and among the real test images."""
    found = classifier.logits(images).argmax(1)
    entry.draw(
        pictures.histogram(
            "Which digits are generated",
            ("digit", "images of 10,000"),
            [k - 0.5 for k in range(11)],
            {"generated": ("yours", found), "real test images": ("reference", mnist.test_labels())},
        )
    )


def _draw_beside_real(entry: Any, images: torch.Tensor) -> None:
    """The average sample and the average real image: a lost digit or a blur shows in it."""
    rows = {
        "generated; the first is the average of all": [images.mean(0, True), images[24:31]],
        "real; the first is the average of all": [
            mnist.test_images().mean(0, True),
            mnist.test_images()[:7],
        ],
    }
    joined = {
        name: np.concatenate([part.numpy() for part in parts]) for name, parts in rows.items()
    }
    entry.draw(pictures.images("Generated beside real", joined))


_DRAWINGS = {"clear": _draw_samples, "digits": _draw_digits, "frechet": _draw_beside_real}


def award(entry: Any, name: str, value: float, what: str) -> None:
    """Give a check's points for one score, by the thresholds `<name>_pass` and `<name>_full`."""
    passing, full = (entry.thresholds[f"{name}_{which}"] for which in ("pass", "full"))
    entry.note(f"{what} {value:.4g} (pass {passing:g}, full {full:g})")
    share = share_of_points(value, passing, full)
    holds(
        share > 0,
        law=f"{what} is {'at least' if full > passing else 'at most'} {passing:g}",
        got=f"{value:.4g}",
        expected=f"{passing:g} to pass, {full:g} for all points",
    )
    entry.award(share)


def share_of_points(value: float, passing: float, full: float) -> float:
    """The share of the points for a score: 0 when worse than `passing`, 1 from `full` on.

    Between the two a straight line from `SHARE_AT_PASS` to 1. Whichever of the two is larger says
    whether more is better. A score that is not a number earns nothing.
    """
    progress = (value - passing) / (full - passing)
    if not progress >= 0:
        return 0.0
    return min(1.0, SHARE_AT_PASS + (1 - SHARE_AT_PASS) * progress)
