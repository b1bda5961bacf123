"""HW5 P5: a denoising autoencoder"""

import torch
from matplotlib.figure import Figure
from torch import nn


class DenoisingAutoencoder(nn.Module):
    """Encoder and decoder: layers 784-400-20-400-784, ReLU after each but the last, sigmoid out."""

    def __init__(self) -> None:
        """Build the layers."""
        raise NotImplementedError("HW5 P5 (a)")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Reconstruct images.

        Args:
            x: images, clean or noisy, shape (n, 784), float32.

        Returns:
            Reconstructions, shape (n, 784), in [0, 1].
        """
        raise NotImplementedError("HW5 P5 (a)")


def add_noise(x: torch.Tensor, std: float = 0.5, seed: int | None = None) -> torch.Tensor:
    """Add Gaussian noise of mean 0, drawn anew for every entry.

    Args:
        x: images, any shape, floating point; left as they are.
        std: standard deviation of the noise.
        seed: with a seed the noise repeats, without one every call draws other noise.

    Returns:
        The noisy images, shape and dtype of `x`, not clamped.
    """
    raise NotImplementedError("HW5 P5 (a)")


def train_dae(
    images: torch.Tensor,
    epochs: int = 10,
    batch_size: int = 64,
    lr: float = 1e-3,
    seed: int = 0,
) -> tuple[DenoisingAutoencoder, list[float]]:
    """Train with Adam (its default betas) on the mean binary cross entropy per pixel.

    The same seed repeats the run.

    Args:
        images: clean images, shape (n, 784), float32, in [0, 1]; fresh noise of the default
            standard deviation is added to every batch.
        epochs: passes over the images.
        batch_size: images per update.
        lr: Adam's learning rate.
        seed: decides the first weights and everything that is drawn.

    Returns:
        The trained model, and the losses: one mean per epoch.
    """
    raise NotImplementedError("HW5 P5 (a)")


@torch.no_grad()
def denoise(model: nn.Module, noisy: torch.Tensor) -> torch.Tensor:
    """Reconstruct noisy images; the model is left as it was.

    Args:
        model: a trained autoencoder.
        noisy: noisy images, shape (n, 784).

    Returns:
        Reconstructions in the shape of `noisy`, in [0, 1], without gradients.
    """
    raise NotImplementedError("HW5 P5 (b)")


def plot_denoising(noisy: torch.Tensor, restored: torch.Tensor) -> Figure:
    """Draw 2 rows of 5: five noisy images above their reconstructions.

    Args:
        noisy: at least five images, shape (n, 784).
        restored: their reconstructions, in the same shape.

    Returns:
        A new figure; nothing is shown or saved.
    """
    raise NotImplementedError("HW5 P5 (b)")
