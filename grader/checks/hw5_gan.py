"""HW5 P4: the networks, losses and training of the GAN, and its trained files."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from hypothesis import assume, given
from hypothesis import strategies as st

from grader.checks.support import generative, pictures
from grader.checks.support.compare import Tolerance, agree, as_float, as_int, as_tensor, holds
from grader.checks.support.drawings import described, shows_curves, shows_grid
from grader.checks.support.gan_oracle import (
    DISCRIMINATOR,
    NAMES,
    Game,
    bce,
    expect_discriminator,
    expect_generator,
    generate,
    generator_layers,
)
from grader.checks.support.networks import (
    arrangements,
    expect_layers,
    give_weights,
    normal,
    uniform,
)
from grader.checks.support.policies import test_allowed_imports as test_allowed_imports
from grader.checks.support.policies import test_calls as test_calls
from grader.checks.support.policies import test_comments as test_comments
from grader.checks.support.policies import test_pep8 as test_pep8
from grader.checks.support.strategies import seeds
from grader.checks.support.training import (
    expect_adam_steps,
    expect_defaults,
    expect_repeats,
    expect_seeded_images,
    images_of,
    losses_of,
)

if TYPE_CHECKING:
    import torch

    from grader.checks.support.networks import Layer

LOSS = Tolerance(1e-5, 1e-6, "float32, a mean of at most 40 logarithms")
STEP = Tolerance(1e-4, 1e-5, "float32 gradients through six layers, times the learning rate")
PIXELS = Tolerance(1e-4, 1e-5, "float32 through three layers")


def _real(seed: int, n: int) -> torch.Tensor:
    """Images (n, 784) scaled to [-1, 1]."""
    return 2 * uniform(seed, n, 784) - 1


def _greys(n: int) -> torch.Tensor:
    """Images (n, 784), each of one grey, from black to white: their order shows in the losses."""
    import torch

    return torch.linspace(-1, 1, n)[:, None].repeat(1, 784)


def _probabilities(seed: int, n: int) -> torch.Tensor:
    return 0.02 + 0.96 * uniform(seed, n, 1)


@given(z_dim=st.integers(1, 200))
def test_networks_have_the_layers_of_the_figure(submission: Any, z_dim: int) -> None:
    """Generator z-256-512-784 for any size of z, discriminator 784-512-256-1."""
    generator = submission.keep("Generator", z_dim)
    expect_layers(generator.state(), generator_layers(z_dim), f"Generator({z_dim})")
    found = as_float(generator.attr("z_dim"), "generator.z_dim")
    holds(found == z_dim, law="a generator knows its z_dim", got=found, expected=z_dim)
    expect_layers(submission.keep("Generator").state(), generator_layers(128), "Generator()")
    expect_layers(submission.keep("Discriminator").state(), DISCRIMINATOR, "Discriminator()")


@given(seed=seeds(), n=st.integers(1, 5))
def test_generator_computes_the_figure(submission: Any, seed: int, n: int) -> None:
    """LeakyReLU(0.2) between the generator's layers and tanh at its end, for any weights."""
    generator = submission.keep("Generator", 7)
    weights = give_weights(generator, seed, gain=1.5)
    generator.method("eval")
    z = normal(seed, n, 7)

    expect_generator(generator(z), z, list(arrangements(weights, generator_layers(7))))


@given(seed=seeds(), n=st.integers(1, 5))
def test_discriminator_computes_the_figure(submission: Any, seed: int, n: int) -> None:
    """LeakyReLU(0.2) between the discriminator's layers and a sigmoid at its end."""
    discriminator = submission.keep("Discriminator")
    weights = give_weights(discriminator, seed, gain=1.5)
    discriminator.method("eval")
    x = _real(seed, n)

    expect_discriminator(discriminator(x), x, list(arrangements(weights, DISCRIMINATOR)))


@given(seed=seeds(), real=st.integers(1, 40), fake=st.integers(1, 40))
def test_discriminator_loss_sums_its_two_halves(
    submission: Any, seed: int, real: int, fake: int
) -> None:
    """-mean log d(real) - mean log(1 - d(fake)), also for batches of different sizes."""
    d_real, d_fake = _probabilities(seed, real), _probabilities(seed + 1, fake)
    right = bce(d_real, 1) + bce(d_fake, 0)
    agree(
        as_float(submission.discriminator_loss(d_real, d_fake), "the discriminator's loss"),
        right.item(),
        LOSS,
        law="the discriminator's loss is the mean BCE of real as 1 plus that of fake as 0",
        mistakes={
            "this is the average of the two halves, not their sum": right.item() / 2,
            "the labels are swapped: real images are 1, fakes 0": (
                bce(d_real, 0) + bce(d_fake, 1)
            ).item(),
            "the fakes are labelled as real here": (bce(d_real, 1) + bce(d_fake, 1)).item(),
            "each half has a mean of its own, whatever the sizes of the batches": 2
            * (real * bce(d_real, 1) + fake * bce(d_fake, 0)).item()
            / (real + fake),
            "each half is a mean over its batch, not a sum": (
                real * bce(d_real, 1) + fake * bce(d_fake, 0)
            ).item(),
        },
    )


@given(seed=seeds(), n=st.integers(1, 40))
def test_generator_loss_labels_fakes_as_real(submission: Any, seed: int, n: int) -> None:
    """-mean log d(fake): the non-saturating loss."""
    d_fake = _probabilities(seed, n)
    right, saturating = bce(d_fake, 1).item(), (-d_fake).log1p().mean().item()
    agree(
        as_float(submission.generator_loss(d_fake), "the generator's loss"),
        right,
        LOSS,
        law="the generator's loss is the mean BCE of its fakes with the label 1",
        mistakes={
            "this is the saturating loss, mean log(1 - d)": saturating,
            "the fakes carry the label 0 here: that is the discriminator's half": -saturating,
            "the loss is a mean over the batch, not a sum": n * right,
        },
    )


@given(seed=seeds(), n=st.integers(1, 6))
def test_losses_are_finite_at_certainty(submission: Any, seed: int, n: int) -> None:
    """Outputs of exactly 0 and 1 give a large loss where they are wrong, never inf or nan."""
    sure = uniform(seed, n, 1).round()
    calls = (
        ("generator_loss", (sure,)),
        ("discriminator_loss", (sure, 1 - sure)),
        ("discriminator_loss", (sure, sure)),
    )
    for name, arguments in calls:
        loss = as_float(submission.call(name, *arguments), "the loss")
        holds(
            abs(loss) < float("inf"),
            law=f"{name} stays finite where the discriminator is certain",
            got=loss,
            hint="torch's own BCE cuts each logarithm at -100",
        )
    wrong = as_float(submission.generator_loss(0 * sure), "the loss")
    holds(wrong > 5, law="a certain and wrong answer costs much", got=wrong, expected="over 5")


@given(seed=seeds(), n=st.integers(2, 6), lr_g=st.sampled_from([0.1, 1.0]))
def test_train_step_is_one_update_of_each(submission: Any, seed: int, n: int, lr_g: float) -> None:
    """Both updates equal those computed by hand, twice, the second time with old gradients about.

    With plain gradient descent: the discriminator on real against fake, then the generator
    against the discriminator that was just updated.
    """
    game = Game(submission, seed)
    optimizers = game.optimizers(lr_g, 0.1)
    for turn in ("first", "second (are old gradients cleared?)"):
        game.reset()
        real = _real(seed + len(turn), n)
        right = game.moves(real, lr_g, 0.1)
        # Where rounding decides on which side of its kink a unit is, two gradients are right.
        assume(right.clearance > 5e-6)
        loss_d, loss_g = game.step(real, optimizers)
        agree(loss_d, right.loss_d, STEP, law=f"{turn} step: loss_d is the batch's loss")
        agree(
            loss_g,
            right.loss_g,
            STEP,
            law=f"{turn} step: loss_g is the loss against the updated discriminator",
            mistakes={"this is its loss before the discriminator's update": right.loss_g_too_early},
        )
        layers = game.layers_before(), game.layers_after(), right.layers
        for name, *network in zip(NAMES, *layers, strict=True):
            _expect_update(turn, name, *network)


def _expect_update(
    turn: str, name: str, before: list[Layer], after: list[Layer], wanted: list[Layer]
) -> None:
    """Every weight and bias of a network is as computed by hand after the step."""
    for k, layer in enumerate(zip(before, after, wanted, strict=True), 1):
        for index, part in enumerate(("weight", "bias")):
            start, got, right = (state[index] for state in layer)
            # the gradient of the generator's first weight depends on the z that was drawn
            if (name, k, part) == ("generator", 1, "weight"):
                continue
            law = f"{turn} step: the {part} of layer {k} of the {name} is as computed by hand"
            agree(got, right, STEP, law, mistakes={f"the {name} was not updated": start})


@given(seed=seeds(), n=st.integers(2, 6))
def test_updates_stay_apart(submission: Any, seed: int, n: int) -> None:
    """With one learning rate at 0, that network is bit for bit what it was; the other moves."""
    import torch

    game = Game(submission, seed)
    for still, lr_g, lr_d in (("generator", 0.0, 1.0), ("discriminator", 1.0, 0.0)):
        game.reset()
        before = {name: game.parameters(name) for name in NAMES}
        game.step(_real(seed, n), game.optimizers(lr_g, lr_d))
        for name in NAMES:
            after = game.parameters(name)
            moved = any(not torch.equal(before[name][key], after[key]) for key in after)
            holds(
                moved == (name != still),
                law=f"opt_g updates the generator and opt_d the discriminator, nothing else: with"
                f" a learning rate of 0 for the {still} the {name} "
                + ("changes" if name != still else "stays as it was"),
                got=f"the {name} {'changed' if moved else 'did not change'}",
            )


@given(seed=seeds())
def test_latent_vectors_are_standard_normal(submission: Any, seed: int) -> None:
    """z is drawn from N(0, 1): seen in the update of the generator's first weight."""
    n, z_dim = 25, 200
    game = Game(submission, seed, z_dim)
    game.reset()
    submission.disturb(seed)
    game.step(_real(seed, n), game.optimizers(1.0, 0.0))
    (weight, bias), (new_weight, new_bias) = game.layers_before()[0][0], game.layers_after()[0][0]
    # every fake is the same, so the update of the weight is that of the bias times the mean of z
    step = (new_bias - bias).double()
    mean_z = step @ (new_weight - weight).double() / (step @ step)
    scaled = mean_z * n**0.5
    mean, square = scaled.mean().item(), scaled.square().mean().item()
    # 200 standard normal numbers: six standard errors are 0.42 of their mean, 0.6 of their square
    holds(
        abs(mean) < 0.43,
        law="z has mean 0",
        got=mean / n**0.5,
        expected=0.0,
        hint="torch.rand draws from [0, 1); torch.randn is standard normal",
    )
    holds(
        abs(square - 1) < 0.6,
        law="z has variance 1 and is drawn anew for every image",
        got=square,
        expected=1.0,
        hint="one z for the whole batch gives 25 here" if square > 10 else None,
    )


def test_history_is_complete(submission: Any, entry: Any) -> None:
    """Two losses per epoch and 16 images after every 10th, counted from 1."""
    # Who counts from 0 or drops the last epoch shows where the last is a 10th, who keeps others
    # than every 10th where none is.
    for epochs in (20, 1):
        _expect_history(submission, entry, epochs)


def _expect_history(submission: Any, entry: Any, epochs: int) -> None:
    history = submission.keep("train_gan", _real(5, 3), epochs, 3, 2e-4, 5).item(2)
    curves = {}
    for name in ("generator_loss", "discriminator_loss"):
        losses = losses_of(history.item(name).value(), epochs, f"history[{name!r}]")
        curves[name.replace("_", " ")] = losses
        holds(all(0 < loss < 200 for loss in losses), law=f"{name} is a mean loss", got=losses)
    if epochs > 1:
        entry.draw(pictures.losses(f"Both losses of {epochs} epochs on three images", curves))
    samples = history.item("samples").value()
    holds(type(samples) is dict, law="history['samples'] is a dict", got=type(samples).__name__)
    kept = sorted(as_int(epoch, "an epoch in history['samples']") for epoch in samples)
    wanted = list(range(10, epochs + 1, 10))
    holds(
        kept == wanted,
        law="samples are kept after every 10th epoch",
        got=kept,
        expected=wanted,
        hint="epochs count from 1: the first samples are those of epoch 10"
        if kept
        else "keep them in history['samples'], by their epoch",
    )
    for epoch, images in samples.items():
        images_of(images, 16, f"history['samples'][{epoch}]")


@given(seed=seeds())
def test_training_repeats_with_its_seed(submission: Any, seed: int) -> None:
    """One seed gives one run, whatever was drawn before; another seed another run."""

    def run(seed: int) -> list[float]:
        history = submission.keep("train_gan", _greys(20), 1, 10, 2e-4, seed).item(2)
        names = "generator_loss", "discriminator_loss"
        return [loss for name in names for loss in losses_of(history.item(name).value(), 1, name)]

    expect_repeats(submission, run, seed)


@given(seed=seeds(), lr=st.sampled_from([2e-4, 1e-3]), batches=st.integers(2, 3))
def test_training_follows_its_settings(submission: Any, seed: int, lr: float, batches: int) -> None:
    """Adam moves a weight by lr at each of the epoch's batches, and by nothing for lr = 0."""
    image, train = _real(seed, 1), partial(submission.keep, "train_gan")
    expect_adam_steps(train, image, batches, lr, seed, [f"the {name}" for name in NAMES])


def test_training_knows_its_defaults(submission: Any) -> None:
    """50 epochs, 100 images in a batch, lr 2e-4, unless told otherwise."""
    train = partial(submission.keep, "train_gan")

    def losses(run: Any) -> Any:
        return run.item(2).item("generator_loss").value()

    expect_defaults(train, losses, _real(5, 101), 50, 100, 2e-4)


@given(seed=seeds())
def test_history_averages_over_the_epoch(submission: Any, seed: int) -> None:
    """With lr = 0 an epoch's losses are those of the returned networks on all the images."""
    # Black and white pixels: a new network says more of these than of a noise of greys, so that
    # the last batch alone has another loss (the mean of 4 in 16 is told apart in 6 of 10 draws).
    images = _real(seed, 16).sign()
    run = submission.keep("train_gan", images, 1, 4, 0.0, seed)
    generator, discriminator, history = (run.item(index) for index in range(3))
    d_real = as_tensor(discriminator(images), (16, 1), what="discriminator(images)")
    fakes = as_tensor(generator(normal(seed, 400, 128)), (400, 784), what="generator(z)")
    d_fake = as_tensor(discriminator(fakes), (400, 1), what="discriminator(fakes)")
    expected = {
        "discriminator_loss": (bce(d_real, 1) + bce(d_fake, 0), (-d_fake).log1p().std()),
        "generator_loss": (bce(d_fake, 1), d_fake.log().std()),
    }
    for name, (mean, deviation) in expected.items():
        # the run drew 16 fakes (or 32) of its own: their mean has a standard error
        margin = 7 * deviation.item() / 4 + 1e-5
        agree(
            losses_of(history.item(name).value(), 1, f"history[{name!r}]")[0],
            mean.item(),
            Tolerance(1e-5, margin, "seven standard errors of the mean over 16 drawn fakes"),
            law=f"history[{name!r}] holds the mean loss of each epoch",
            mistakes={
                "this is the sum over the epoch's batches": 4 * mean.item(),
                "this is the sum over the epoch's images": 16 * mean.item(),
            },
        )


@given(seed=seeds(), n=st.integers(1, 5))
def test_sample_rescales_the_generator(submission: Any, seed: int, n: int) -> None:
    """Samples are (1 + output) / 2: with a constant generator every pixel is known."""
    import torch

    game = Game(submission, seed)
    game.reset()
    samples = images_of(submission.call("sample", game.generator, n, seed), n, "the samples")
    constant = generate(torch.zeros(n, game.z_dim), game.layers_before()[0])
    agree(
        samples.reshape(n, 784),
        (constant + 1) / 2,
        PIXELS,
        law="sample brings the generator's output from [-1, 1] to [0, 1]",
        mistakes={"negative pixels are cut off here, not rescaled": constant.clamp(min=0)},
    )


@given(seed=seeds())
def test_sample_repeats_with_its_seed(submission: Any, seed: int) -> None:
    """One seed gives one set of images, all different; another seed gives others."""
    generator = submission.keep("Generator", 5)
    weights = give_weights(generator, seed, gain=1.5)

    expect_seeded_images(
        submission, lambda seed: submission.call("sample", generator, 4, seed), seed, "sample"
    )
    after = generator.parameters()
    kept = after.keys() == weights.keys() and all(
        after[name].shape == weights[name].shape and bool((after[name] == weights[name]).all())
        for name in weights
    )
    holds(kept, law="sample leaves the generator as it was")


@given(seed=seeds(), epochs=st.integers(2, 8))
def test_plot_losses_shows_both(submission: Any, seed: int, epochs: int) -> None:
    """The figure holds one curve for each loss."""
    losses = {
        "generator_loss": uniform(seed, epochs).tolist(),
        "discriminator_loss": (1 + uniform(seed + 1, epochs)).tolist(),
    }
    drawing = submission.keep("plot_losses", {**losses, "samples": {}})
    figure = described(drawing, "plot_losses", "figure")
    shows_curves(figure, {name.replace("_", " "): values for name, values in losses.items()})


@given(seed=seeds())
def test_plot_grid_shows_16_images(submission: Any, seed: int) -> None:
    """The figure holds the 16 images, 4 in a row."""
    images = uniform(seed, 16, 28, 28)
    figure = described(submission.keep("plot_grid", images), "plot_grid", "figure")
    shows_grid(figure, images, rows=4)


def _samples(submission: Any) -> torch.Tensor:
    """10,000 images in [0, 1] from the trained generator."""
    generator = submission.keep("Generator")
    submission.load_weights(generator, "hw5_gan_gen.pth")
    generator.method("eval")
    return generative.decoded(generator, scaled_to=(-1.0, 1.0), seed=20_261, z_dim=128)


def test_samples_are_clear_digits(submission: Any, entry: Any) -> None:
    """The classifier is sure of most of 10,000 samples of the trained model."""
    generative.award_samples(entry, _samples(submission), "clear")


def test_samples_cover_all_digits(submission: Any, entry: Any) -> None:
    """The samples are of all ten kinds, in similar shares."""
    generative.award_samples(entry, _samples(submission), "digits")


def test_samples_are_spread_as_real_ones(submission: Any, entry: Any) -> None:
    """Frechet distance to real test images in the classifier's penultimate features."""
    generative.award_samples(entry, _samples(submission), "frechet")


def test_trained_discriminator_knows_noise(submission: Any, entry: Any) -> None:
    """The trained discriminator gives real test images a higher probability than noise."""
    from grader.data import mnist

    discriminator = submission.keep("Discriminator")
    submission.load_weights(discriminator, "hw5_gan_dis.pth")
    discriminator.method("eval")
    real, noise = 2 * mnist.test_images()[:2000] - 1, _real(20_262, 2000)
    d_real, d_noise = (
        as_tensor(discriminator(x), (2000, 1), what="the trained discriminator's output")
        for x in (real, noise)
    )
    probable = all(bool(((d >= 0) & (d <= 1)).all()) for d in (d_real, d_noise))
    holds(probable, law="the trained discriminator returns probabilities")
    entry.draw(
        pictures.histogram(
            "What your trained discriminator says of images",
            ("probability of being real", "images"),
            [k / 20 for k in range(21)],
            {"real test images": ("yours", d_real), "noise": ("second", d_noise)},
        )
    )
    gap = d_real.double().mean().item() - d_noise.double().mean().item()
    generative.award(entry, "gap", gap, "mean d(real) - mean d(noise)")
