"""HW5 P4: a GAN of fully connected networks"""

import torch
from matplotlib.figure import Figure
from torch import nn


class Generator(nn.Module):
    """Maps latent vectors to images: layers z_dim-256-512-784, LeakyReLU(0.2), tanh out.

    Attributes:
        z_dim: size of a latent vector.
    """

    def __init__(self, z_dim: int = 128) -> None:
        """Build the layers.

        Args:
            z_dim: size of a latent vector.
        """
        raise NotImplementedError("HW5 P4 (a)")

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        """Generate images.

        Args:
            z: latent vectors, shape (n, z_dim), float32.

        Returns:
            Images, shape (n, 784), in [-1, 1].
        """
        raise NotImplementedError("HW5 P4 (a)")


class Discriminator(nn.Module):
    """Tells real images from generated ones: layers 784-512-256-1, LeakyReLU(0.2), sigmoid out."""

    def __init__(self) -> None:
        """Build the layers."""
        raise NotImplementedError("HW5 P4 (a)")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Judge images.

        Args:
            x: images, shape (n, 784), float32, scaled to [-1, 1].

        Returns:
            For each image the probability that it is real, shape (n, 1).
        """
        raise NotImplementedError("HW5 P4 (a)")


def discriminator_loss(d_real: torch.Tensor, d_fake: torch.Tensor) -> torch.Tensor:
    """The discriminator's loss: the sum of its two mean binary cross entropies.

    Args:
        d_real: the discriminator's outputs for real images, shape (n, 1), in [0, 1].
        d_fake: its outputs for generated images, shape (k, 1), in [0, 1].

    Returns:
        A scalar tensor that can be differentiated, finite also for outputs of exactly 0 or 1.
    """
    raise NotImplementedError("HW5 P4 (a)")


def generator_loss(d_fake: torch.Tensor) -> torch.Tensor:
    """The generator's non-saturating loss, a mean binary cross entropy.

    Args:
        d_fake: the discriminator's outputs for generated images, shape (n, 1), in [0, 1].

    Returns:
        A scalar tensor that can be differentiated, finite also for outputs of exactly 0 or 1.

    Source: Goodfellow et al., Generative Adversarial Nets (arXiv:1406.2661), section 3.
    """
    raise NotImplementedError("HW5 P4 (a)")


def train_step(
    generator: nn.Module,
    discriminator: nn.Module,
    real: torch.Tensor,
    opt_g: torch.optim.Optimizer,
    opt_d: torch.optim.Optimizer,
) -> tuple[float, float]:
    """One update of the discriminator, then one of the generator against the updated one.

    As many fakes as there are real images are drawn from standard normal latent vectors. The
    discriminator's update leaves the generator as it was, and the other way round.

    Args:
        generator: maps latent vectors of its `z_dim` to images, updated in place.
        discriminator: maps images to probabilities, updated in place.
        real: a batch of real images, shape (n, 784), scaled to [-1, 1].
        opt_g: optimiser of the generator's parameters.
        opt_d: optimiser of the discriminator's parameters.

    Returns:
        (loss_d, loss_g): the two losses of this batch, each computed before its own update.
    """
    raise NotImplementedError("HW5 P4 (a)")


def train_gan(
    images: torch.Tensor,
    epochs: int = 50,
    batch_size: int = 100,
    lr: float = 2e-4,
    seed: int = 0,
) -> tuple[Generator, Discriminator, dict[str, list[float] | dict[int, torch.Tensor]]]:
    """Train both networks with Adam (its default betas); the same seed repeats the run.

    Args:
        images: real images, shape (n, 784), float32, scaled to [-1, 1].
        epochs: passes over the images.
        batch_size: images per update.
        lr: Adam's learning rate, for both networks.
        seed: decides the first weights and everything that is drawn.

    Returns:
        (generator, discriminator, history). history holds `generator_loss` and
        `discriminator_loss`, lists of one mean per epoch, and `samples`, which maps every 10th
        epoch (10, 20, ...) to 16 generated images, shape (16, 28, 28), in [0, 1].
    """
    raise NotImplementedError("HW5 P4 (a)")


@torch.no_grad()
def sample(generator: nn.Module, n: int, seed: int = 0) -> torch.Tensor:
    """Draw images from standard normal latent vectors; the generator is left as it was.

    Args:
        generator: maps latent vectors of its `z_dim` to images in [-1, 1].
        n: number of images.
        seed: the same seed gives the same images.

    Returns:
        Images, shape (n, 28, 28), in [0, 1].
    """
    raise NotImplementedError("HW5 P4 (b)")


def plot_losses(history: dict) -> Figure:
    """Draw both losses against the epoch, each as a labelled line.

    Args:
        history: as `train_gan` returns it.

    Returns:
        A new figure; nothing is shown or saved.
    """
    raise NotImplementedError("HW5 P4 (b)")


def plot_grid(images: torch.Tensor) -> Figure:
    """Draw 16 images in 4 rows of 4.

    Args:
        images: shape (16, 28, 28), in [0, 1].

    Returns:
        A new figure; nothing is shown or saved.
    """
    raise NotImplementedError("HW5 P4 (b)")
