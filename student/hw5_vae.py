"""HW5 P6: a variational autoencoder"""

import torch
from matplotlib.figure import Figure
from torch import nn


class VAE(nn.Module):
    """Encoder 784-400-(mu z_dim, logvar z_dim), decoder z_dim-400-784, ReLU between, sigmoid out.

    mu and logvar come from a layer each.

    Attributes:
        z_dim: number of latent dimensions.
    """

    def __init__(self, z_dim: int = 20) -> None:
        """Build the layers.

        Args:
            z_dim: number of latent dimensions.
        """
        raise NotImplementedError("HW5 P6 (a)")

    def encode(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Parameters of the Gaussian q(z | x).

        Args:
            x: images, shape (n, 784), float32, in [0, 1].

        Returns:
            Its mean and the logarithm of its variance, each of shape (n, z_dim).
        """
        raise NotImplementedError("HW5 P6 (a)")

    def reparameterize(self, mu: torch.Tensor, logvar: torch.Tensor) -> torch.Tensor:
        """Sample q(z | x), so that gradients pass to both arguments.

        Args:
            mu: mean, shape (n, z_dim).
            logvar: logarithm of the variance, shape (n, z_dim).

        Returns:
            A sample, shape (n, z_dim); drawn anew by every call, in training and evaluation mode.
        """
        raise NotImplementedError("HW5 P6 (a)")

    def decode(self, z: torch.Tensor) -> torch.Tensor:
        """Generate images.

        Args:
            z: latent vectors, shape (n, z_dim), float32.

        Returns:
            Images, shape (n, 784), in [0, 1].
        """
        raise NotImplementedError("HW5 P6 (a)")

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Reconstruct images from a sample of q(z | x).

        Args:
            x: images, shape (n, 784), float32, in [0, 1].

        Returns:
            (x_hat, mu, logvar): the reconstructions, shape (n, 784), and the parameters of q.
        """
        raise NotImplementedError("HW5 P6 (a)")


def kl_divergence(mu: torch.Tensor, logvar: torch.Tensor) -> torch.Tensor:
    """Kullback-Leibler divergence of N(mu, e^logvar) from the unit Gaussian.

    Args:
        mu: means, shape (n, z_dim).
        logvar: logarithms of the variances, shape (n, z_dim).

    Returns:
        The sum over batch and dimensions: a scalar tensor, never negative, that can be
        differentiated.

    Source: Kingma and Welling, Auto-Encoding Variational Bayes (arXiv:1312.6114), appendix B.
    """
    raise NotImplementedError("HW5 P6 (a)")


def vae_loss(
    x_hat: torch.Tensor, x: torch.Tensor, mu: torch.Tensor, logvar: torch.Tensor
) -> torch.Tensor:
    """The negative evidence lower bound of a batch, summed over its images.

    The reconstruction's part is the binary cross entropy, summed over pixels and images.

    Args:
        x_hat: reconstructions, shape (n, 784), in [0, 1].
        x: images, shape (n, 784), in [0, 1].
        mu: means of q(z | x), shape (n, z_dim).
        logvar: logarithms of its variances, shape (n, z_dim).

    Returns:
        A scalar tensor that can be differentiated.
    """
    raise NotImplementedError("HW5 P6 (a)")


def train_vae(
    images: torch.Tensor,
    epochs: int = 10,
    batch_size: int = 64,
    lr: float = 5e-4,
    seed: int = 0,
) -> tuple[VAE, list[float]]:
    """Train with Adam (its default betas) on `vae_loss`; the same seed repeats the run.

    Args:
        images: shape (n, 784), float32, in [0, 1].
        epochs: passes over the images.
        batch_size: images per update.
        lr: Adam's learning rate.
        seed: decides the first weights and everything that is drawn.

    Returns:
        The trained model, and the losses: for each epoch the mean per image.
    """
    raise NotImplementedError("HW5 P6 (a)")


@torch.no_grad()
def generate(model: VAE, n: int = 16, seed: int = 0) -> torch.Tensor:
    """Decode draws from the unit Gaussian; the model is left as it was.

    Args:
        model: a trained VAE.
        n: number of images.
        seed: the same seed gives the same images.

    Returns:
        Images, shape (n, 28, 28), in [0, 1].
    """
    raise NotImplementedError("HW5 P6 (b)")


def plot_grid(images: torch.Tensor) -> Figure:
    """Draw 16 images in 4 rows of 4.

    Args:
        images: shape (16, 28, 28), in [0, 1].

    Returns:
        A new figure; nothing is shown or saved.
    """
    raise NotImplementedError("HW5 P6 (b)")
