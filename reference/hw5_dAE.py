"""HW5 P5: a denoising autoencoder"""

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure
from torch import nn
from torch.nn import functional


class DenoisingAutoencoder(nn.Module):
    """Encoder and decoder: layers 784-400-20-400-784, ReLU after each but the last, sigmoid out."""

    def __init__(self) -> None:
        """Build the layers."""
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(784, 400), nn.ReLU(), nn.Linear(400, 20), nn.ReLU())
        self.decoder = nn.Sequential(
            nn.Linear(20, 400), nn.ReLU(), nn.Linear(400, 784), nn.Sigmoid()
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Reconstruct images.

        Args:
            x: images, clean or noisy, shape (n, 784), float32.

        Returns:
            Reconstructions, shape (n, 784), in [0, 1].
        """
        return self.decoder(self.encoder(x))


def add_noise(x: torch.Tensor, std: float = 0.5, seed: int | None = None) -> torch.Tensor:
    """Add Gaussian noise of mean 0, drawn anew for every entry.

    Args:
        x: images, any shape, floating point; left as they are.
        std: standard deviation of the noise.
        seed: with a seed the noise repeats, without one every call draws other noise.

    Returns:
        The noisy images, shape and dtype of `x`, not clamped.
    """
    # torch draws from the global generator when it is handed None
    generator = None if seed is None else torch.Generator().manual_seed(seed)
    noise = torch.randn(x.shape, dtype=x.dtype, generator=generator)
    return x + std * noise.to(x.device)


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
    torch.manual_seed(seed)
    model = DenoisingAutoencoder().to(images.device)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = [_train_epoch(model, images, batch_size, optimizer) for _ in range(epochs)]
    return model, losses


def _train_epoch(
    model: DenoisingAutoencoder,
    images: torch.Tensor,
    batch_size: int,
    optimizer: torch.optim.Optimizer,
) -> float:
    """One pass over shuffled batches; the mean loss."""
    total = 0.0
    for batch in torch.randperm(len(images)).split(batch_size):
        clean = images[batch]
        # the target is the clean image: against the noisy one the identity would be the best model
        loss = functional.binary_cross_entropy(model(add_noise(clean)), clean)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(batch)
    return total / len(images)


@torch.no_grad()
def denoise(model: nn.Module, noisy: torch.Tensor) -> torch.Tensor:
    """Reconstruct noisy images; the model is left as it was.

    Args:
        model: a trained autoencoder.
        noisy: noisy images, shape (n, 784).

    Returns:
        Reconstructions in the shape of `noisy`, in [0, 1], without gradients.
    """
    return model(noisy.reshape(len(noisy), 784)).reshape(noisy.shape)


def plot_denoising(noisy: torch.Tensor, restored: torch.Tensor) -> Figure:
    """Draw 2 rows of 5: five noisy images above their reconstructions.

    Args:
        noisy: at least five images, shape (n, 784).
        restored: their reconstructions, in the same shape.

    Returns:
        A new figure; nothing is shown or saved.
    """
    figure, grid = plt.subplots(2, 5, figsize=(8, 3.5))
    for row, images in zip(grid, (noisy, restored), strict=True):
        for axes, image in zip(row, images[:5], strict=True):
            axes.imshow(image.reshape(28, 28).detach().cpu(), cmap="gray", vmin=0, vmax=1)
            axes.axis("off")
    grid[0, 2].set_title("noisy")
    grid[1, 2].set_title("restored")
    return figure
