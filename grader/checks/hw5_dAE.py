"""HW5 P5: the autoencoder, its noise and training, and its trained file."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from grader.checks.support import generative, pictures
from grader.checks.support.compare import Tolerance, agree, as_tensor, at_most, holds
from grader.checks.support.drawings import described, same_image, shows_grid
from grader.checks.support.networks import (
    arrangements,
    dense,
    expect_layers,
    expect_output,
    give_weights,
    identity,
    normal,
    relu,
    sigmoid,
    tanh,
    uniform,
)
from grader.checks.support.policies import test_allowed_imports as test_allowed_imports
from grader.checks.support.policies import test_calls as test_calls
from grader.checks.support.policies import test_comments as test_comments
from grader.checks.support.policies import test_pep8 as test_pep8
from grader.checks.support.purity import left_alone
from grader.checks.support.strategies import seeds
from grader.checks.support.training import (
    expect_adam_steps,
    expect_defaults,
    expect_fresh_gradients,
    expect_repeats,
    losses_of,
)

if TYPE_CHECKING:
    import torch

LAYERS = [(784, 400), (400, 20), (20, 400), (400, 784)]
DRAWS = 40_000
NOISE = 0.5
PIXELS = Tolerance(1e-4, 1e-5, "float32 through four layers")


@given(seed=seeds())
def test_network_has_the_layers_of_the_figure(submission: Any, seed: int) -> None:
    """784-400-20-400-784."""
    model = submission.keep("DenoisingAutoencoder")
    expect_layers(model.state(), LAYERS, "DenoisingAutoencoder()")


@given(seed=seeds(), n=st.integers(1, 4))
def test_network_computes_the_figure(submission: Any, seed: int, n: int) -> None:
    """ReLU after the first three layers, a sigmoid after the last, for any weights."""
    model = submission.keep("DenoisingAutoencoder")
    weights = give_weights(model, seed, gain=2.0)
    model.method("eval")
    x = uniform(seed, n, 784)

    def without_code_relu(layers: Any) -> torch.Tensor:
        return dense(dense(x, layers[:2], relu, identity), layers[2:], relu, sigmoid)

    expect_output(
        model(x),
        list(arrangements(weights, LAYERS)),
        lambda layers: dense(x, layers, relu, sigmoid),
        law="DenoisingAutoencoder applies ReLU after its first three layers, then a sigmoid",
        mistakes={
            "the sigmoid at the end is missing": lambda layers: dense(x, layers, relu, identity),
            "the ReLU after the 20 is missing": without_code_relu,
            "the output is a tanh's; the figure wants a sigmoid": lambda layers: dense(
                x, layers, relu, tanh
            ),
        },
    )


@given(seed=seeds(), std=st.sampled_from([0.1, 0.5, 1.0, 3.0, None]))
def test_noise_is_gaussian(submission: Any, seed: int, std: float | None) -> None:
    """The noise has mean 0 and the standard deviation asked for, 0.5 by default; nothing is cut."""
    # mostly dark images: cutting negative pixels moves the mean
    x = uniform(seed, DRAWS // 784 + 1, 784) ** 2
    arguments = (x,) if std is None else (x, std)
    noisy = as_tensor(submission.call("add_noise", *arguments), tuple(x.shape), what="noisy images")
    noise = (noisy - x).double() / (NOISE if std is None else std)
    neighbours = (noise[:, 1:] * noise[:, :-1]).mean().item()
    images = (noise[1:] * noise[:-1]).mean().item()
    holds(
        max(abs(neighbours), abs(images)) < 0.3,
        law="every pixel of every image has noise of its own",
        got=f"products of {neighbours:.2f} between pixels, of {images:.2f} between images",
        expected="0 on average",
        hint="one noise image is added to the whole batch" if images > neighbours + 0.3 else None,
    )
    _expect_moments(noise, std, clamped=bool(((noisy >= 0) & (noisy <= 1)).all()))
    beyond = (noise.abs() > 2).double().mean().item()
    # 4.55 % of a Gaussian's draws; six standard errors of 40,000 draws are 0.6 %
    holds(
        0.039 < beyond < 0.052,
        law="the noise is Gaussian: 4.55 % of it lies beyond two standard deviations",
        got=f"{100 * beyond:.2f} %",
        hint="torch.rand is uniform, torch.randn is Gaussian",
    )


def _expect_moments(noise: torch.Tensor, std: float | None, *, clamped: bool) -> None:
    """Mean 0 and deviation 1 of the noise, in units of what was asked for."""
    mean, deviation = noise.mean().item(), noise.std().item()
    margin = 6 / DRAWS**0.5
    holds(deviation > 1e-6, law="add_noise adds noise", got="the images as they were handed over")
    holds(
        abs(mean) < margin,
        law="the noise has mean 0",
        got=f"{mean:.3f} standard deviations",
        hint="the noisy images are not clamped to [0, 1]: that moves the mean"
        if clamped
        else "torch.rand draws from [0, 1); torch.randn has mean 0",
    )
    holds(
        abs(deviation - 1) < margin,
        law="the noise has the standard deviation `std`, 0.5 unless told otherwise",
        got=f"{deviation:.3f} times that",
        hint="without a `std` the default of 0.5 holds"
        if std is None
        else "std is the standard deviation, not the variance"
        if abs(deviation * std**0.5 - 1) < margin
        else None,
    )


@given(seed=seeds(), double=st.booleans(), n=st.integers(1, 3))
def test_noise_is_drawn_anew(submission: Any, seed: int, double: bool, n: int) -> None:
    """A seed repeats the noise, without one each call differs; the input stays as it is."""
    import torch

    x = uniform(seed, n, 784).to(torch.float64 if double else torch.float32)

    def noisy(**how: Any) -> torch.Tensor:
        result = submission.call("add_noise", x, 0.5, **how)
        images: torch.Tensor = as_tensor(result, (n, 784), x.dtype, "the noisy images")
        return images

    _, (after,) = submission.observe("add_noise", x)
    holds(torch.equal(after, x), law="add_noise leaves its input as it was")
    holds(not torch.equal(noisy(), noisy()), law="without a seed every call draws other noise")
    first = noisy(seed=seed)
    submission.disturb(seed + 1)
    holds(torch.equal(first, noisy(seed=seed)), law="with the same seed the noise is the same")
    holds(not torch.equal(first, noisy(seed=seed + 1)), law="another seed gives other noise")


@given(seed=seeds())
def test_training_restores_the_clean_image(submission: Any, entry: Any, seed: int) -> None:
    """On copies of one picture the loss goes to 0 and noisy copies are restored.

    The cross entropy against a noisy target cannot go to 0.
    """
    clean = (uniform(seed, 1, 784) < 0.3).float().repeat(12, 1)
    run = submission.keep("train_dae", clean, 10, 4, 1e-2, seed)
    losses = losses_of(run.item(1).value(), 10)
    entry.draw(pictures.losses("Training on copies of one picture", {"your loss": losses}))
    at_most(
        losses[-1],
        0.2,
        law="training on copies of one picture brings the loss close to 0",
        hint=_why_not_restored(losses),
    )
    holds(losses[-1] < 0.5 * losses[0], law="the loss falls from epoch to epoch", got=losses)
    noisy = clean + NOISE * normal(seed, 12, 784)
    restored = as_tensor(run.item(0)(noisy), (12, 784), what="the trained model's output")
    error = (restored - clean).square().mean().item()
    at_most(error, 0.03, law="the trained model restores the picture: mean squared error")


def _why_not_restored(losses: list[float]) -> str | None:
    """The likeliest reason for a loss that stays away from 0."""
    if losses[-1] > 0.9 * losses[0]:
        return "the loss hardly falls: does Adam take a step of size lr at every batch?"
    return "is the target the noisy image? It is the clean one" if losses[-1] > 0.4 else None


@given(seed=seeds())
def test_losses_are_mean_cross_entropies(submission: Any, seed: int) -> None:
    """With lr = 0 the loss of an epoch is the mean BCE per pixel of the returned model."""
    clean = uniform(seed, 12, 784)
    run = submission.keep("train_dae", clean, 1, 3, 0.0, seed)
    (loss,) = losses_of(run.item(1).value(), 1)
    model = run.item(0)
    terms = []
    for k in range(8):
        noisy = clean + NOISE * normal(seed + k, 12, 784)
        restored = as_tensor(model(noisy), (12, 784), what="the model's output")
        terms.append(generative.restoration(restored, clean))
    bce, mse = (sum(part) / len(terms) for part in zip(*terms, strict=True))
    spread = max(term[0] for term in terms) - min(term[0] for term in terms)
    agree(
        loss,
        bce,
        Tolerance(
            1e-4 + 3 * spread / bce, 0.0, "three times the spread of eight other draws of the noise"
        ),
        law="an epoch's loss is the mean binary cross entropy per pixel, over all its images",
        mistakes={
            "this is the mean squared error": mse,
            "this is the sum over the pixels, not their mean": 784 * bce,
            "the batches' means are divided by the images: divide by the batches": 4 * bce / 12,
            "this is the sum over the epoch's batches": 4 * bce,
            "this is the sum over the epoch's images": 12 * bce,
            "this is the sum over pixels and images": 12 * 784 * bce,
        },
    )


@given(seed=seeds())
def test_every_batch_gets_its_own_noise(submission: Any, seed: int) -> None:
    """With lr = 0 and copies of one image only the noise moves the loss from epoch to epoch."""
    clean = uniform(seed, 1, 784).repeat(3, 1)
    run = submission.keep("train_dae", clean, 4, 1, 0.0, seed)
    losses = losses_of(run.item(1).value(), 4)
    spread = max(losses) - min(losses)
    # Rounding makes 2e-7 at most. First weights as small as 0.01 let little of any noise through:
    # how much is measured on the model, which has its first weights still.
    model, through = run.item(0), []
    for k in range(4):
        restored = model(clean + NOISE * normal(seed + k, 3, 784))
        bce, _ = generative.restoration(as_tensor(restored, (3, 784), what="the output"), clean)
        through.append(bce)
    seen = max(through) - min(through)
    if seen < 4e-6:
        return
    holds(
        spread > 0.05 * seen,
        law="fresh noise is added to every batch of every epoch",
        got=f"with lr = 0 the losses of four epochs differ by {spread:.1g}",
        hint="without noise, or with the same noise every time, they are equal",
    )


@given(seed=seeds())
def test_training_repeats_with_its_seed(submission: Any, seed: int) -> None:
    """One seed gives one run, whatever was drawn before; another seed another run."""
    images = uniform(3, 20, 784).round()

    def run(seed: int) -> list[float]:
        return losses_of(submission.keep("train_dae", images, 2, 10, 1e-3, seed).item(1).value(), 2)

    expect_repeats(submission, run, seed)


@given(seed=seeds(), lr=st.sampled_from([1e-3, 5e-3]), batches=st.integers(1, 3))
def test_training_follows_its_settings(submission: Any, seed: int, lr: float, batches: int) -> None:
    """Adam moves a weight by lr at each of the epoch's batches, and by nothing for lr = 0."""
    image, train = uniform(seed, 1, 784).round(), partial(submission.keep, "train_dae")
    expect_adam_steps(train, image, batches, lr, seed, ["the autoencoder"])


def test_training_knows_its_defaults(submission: Any) -> None:
    """10 epochs, 64 images in a batch, lr 1e-3, unless told otherwise."""
    images, train = uniform(5, 65, 784).round(), partial(submission.keep, "train_dae")
    expect_defaults(train, lambda run: run.item(1).value(), images, 10, 64, 1e-3)


@given(seed=seeds(), lr=st.sampled_from([2e-4, 1e-3]))
def test_training_clears_old_gradients(submission: Any, seed: int, lr: float) -> None:
    """Two opposite images, one after the other: the second update knows its own image only."""
    expect_fresh_gradients(partial(submission.keep, "train_dae"), lr, seed)


@given(seed=seeds(), n=st.integers(1, 4))
def test_denoise_applies_the_model(submission: Any, seed: int, n: int) -> None:
    """denoise returns the model's output for the noisy images, and leaves the model as it was."""

    model = submission.keep("DenoisingAutoencoder")
    give_weights(model, seed, gain=2.0)
    noisy = uniform(seed, n, 784) + NOISE * normal(seed, n, 784)
    before = model.state()
    restored = as_tensor(submission.call("denoise", model, noisy), (n, 784), what="denoised images")
    agree(
        restored,
        model(noisy),
        PIXELS,
        law="denoise returns the model's reconstructions",
        mistakes={
            "the noisy images go to the model as they are, not clamped to [0, 1]": lambda: model(
                noisy.clamp(0, 1)
            ),
            "this is the noise that the model takes away": lambda: noisy - model(noisy),
        },
    )
    left_alone("denoise", before, model.state())


@given(seed=seeds(), n=st.integers(6, 8))
def test_plot_denoising_shows_both_rows(submission: Any, seed: int, n: int) -> None:
    """Two rows of five: the first noisy images above, their reconstructions below."""
    import torch

    noisy, restored = uniform(seed, n, 784), uniform(seed + 1, n, 784)
    drawing = submission.keep("plot_denoising", noisy, restored)
    figure = described(drawing, "plot_denoising", "figure")
    noisy, restored = noisy[:5], restored[:5]
    both = torch.cat([noisy, restored]).reshape(10, 28, 28)
    rows = shows_grid(figure, both, rows=2, beyond=True)
    holds([len(row) for row in rows] == [5, 5], law="the images stand in two rows of five")
    for row, images, name in zip(rows, (noisy, restored), ("noisy", "restored"), strict=True):
        right = all(same_image(shown, image) for shown, image in zip(row, images, strict=True))
        holds(right, law=f"the {name} images are in their row, each above or below its own")
    titles = [
        axes["title"].lower()
        for axes in figure["axes"]
        if any(same_image(shown, image) for shown in axes["images"] for image in noisy)
    ]
    # No title is asked for. Those of the restored row may name what the model was given.
    named = {row for row, words in NAMES.items() for word in words if word in " ".join(titles)}
    law = "the noisy row must not have the other row's title"
    holds(named != {"restored"}, law, got=titles)


NAMES = {"noisy": ("noisy", "input"), "restored": ("restored", "denoised", "reconstruct", "output")}


@cache
def _noisy_test_images() -> tuple[torch.Tensor, torch.Tensor]:
    """The 10,000 held-out images, noisy and clean."""
    from grader.data import mnist

    clean = mnist.test_images()
    return clean + NOISE * normal(20_263, *clean.shape), clean


def _restored(submission: Any) -> torch.Tensor:
    import torch

    model = submission.keep("DenoisingAutoencoder")
    submission.load_weights(model, "hw5_dAE.pth")
    model.method("eval")
    noisy, _ = _noisy_test_images()
    parts = [
        as_tensor(model(noisy[part]), (len(noisy[part]), 784), what="the trained model's output")
        for part in generative.parts_of(len(noisy))
    ]
    restored: torch.Tensor = torch.cat(parts).float()
    inside = bool(((restored >= 0) & (restored <= 1)).all())
    holds(inside, law="the trained model's images are in [0, 1]")
    return restored


def test_trained_model_restores_test_images(submission: Any, entry: Any) -> None:
    """Cross entropy of restored test images, in units of the reference's."""
    restored = _restored(submission)
    noisy, clean = _noisy_test_images()
    rows = {"clean": clean[:8], "noisy": noisy[:8], "restored": restored[:8]}
    entry.draw(pictures.images("Test images that your trained model restored", rows))
    bce, _ = generative.restoration(restored, clean)
    entry.note(f"cross entropy per pixel {bce:.4f}")
    ratio = bce / entry.thresholds["bce_of_reference"]
    generative.award(entry, "ratio", ratio, "cross entropy, in units of the reference's,")


def test_trained_model_removes_the_noise(submission: Any, entry: Any) -> None:
    """Squared error of restored test images, in units of the noisy images' own."""
    noisy, clean = _noisy_test_images()
    restored = _restored(submission)
    # A histogram of the images tells a model that fails on a few from one that is poor on all.
    shares = (restored - clean).square().mean(1) / (noisy - clean).square().mean(1)
    entry.draw(
        pictures.histogram(
            "How much of the noise is left, image by image",
            ("share of the noise's squared error", "images"),
            [k / 40 for k in range(41)],
            {"your trained model": ("yours", shares)},
        )
    )
    _, mse = generative.restoration(restored, clean)
    left = mse / (noisy - clean).square().mean().item()
    generative.award(entry, "left", left, "share of the noise's squared error that is left")
