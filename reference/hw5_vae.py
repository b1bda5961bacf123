"""HW5 P6: a variational autoencoder"""

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure
from torch import nn
from torch.nn import functional


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
        super().__init__()
        self.z_dim = z_dim
        self.hidden = nn.Linear(784, 400)
        self.mu = nn.Linear(400, z_dim)
        self.logvar = nn.Linear(400, z_dim)
        self.decoder = nn.Sequential(
            nn.Linear(z_dim, 400), nn.ReLU(), nn.Linear(400, 784), nn.Sigmoid()
        )

    def encode(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Parameters of the Gaussian q(z | x).

        Args:
            x: images, shape (n, 784), float32, in [0, 1].

        Returns:
            Its mean and the logarithm of its variance, each of shape (n, z_dim).
        """
        h = functional.relu(self.hidden(x))
        return self.mu(h), self.logvar(h)

    def reparameterize(self, mu: torch.Tensor, logvar: torch.Tensor) -> torch.Tensor:
        """Sample q(z | x), so that gradients pass to both arguments.

        Args:
            mu: mean, shape (n, z_dim).
            logvar: logarithm of the variance, shape (n, z_dim).

        Returns:
            A sample, shape (n, z_dim); drawn anew by every call, in training and evaluation mode.
        """
        # the second head is the log of the variance, so the standard deviation is exp of half of it
        return mu + torch.exp(logvar / 2) * torch.randn_like(mu)

    def decode(self, z: torch.Tensor) -> torch.Tensor:
        """Generate images.

        Args:
            z: latent vectors, shape (n, z_dim), float32.

        Returns:
            Images, shape (n, 784), in [0, 1].
        """
        return self.decoder(z)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Reconstruct images from a sample of q(z | x).

        Args:
            x: images, shape (n, 784), float32, in [0, 1].

        Returns:
            (x_hat, mu, logvar): the reconstructions, shape (n, 784), and the parameters of q.
        """
        mu, logvar = self.encode(x)
        return self.decode(self.reparameterize(mu, logvar)), mu, logvar


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
    return -0.5 * torch.sum(1 + logvar - mu**2 - logvar.exp())


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
    return functional.binary_cross_entropy(x_hat, x, reduction="sum") + kl_divergence(mu, logvar)


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
    torch.manual_seed(seed)
    model = VAE().to(images.device)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = [_train_epoch(model, images, batch_size, optimizer) for _ in range(epochs)]
    return model, losses


def _train_epoch(
    model: VAE, images: torch.Tensor, batch_size: int, optimizer: torch.optim.Optimizer
) -> float:
    """One pass over shuffled batches; the mean loss per image."""
    total = 0.0
    for batch in torch.randperm(len(images)).split(batch_size):
        x = images[batch]
        x_hat, mu, logvar = model(x)
        loss = vae_loss(x_hat, x, mu, logvar)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
    return total / len(images)


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
    device = next(model.parameters()).device
    z = torch.randn(n, model.z_dim, generator=torch.Generator().manual_seed(seed))
    return model.decode(z.to(device)).reshape(n, 28, 28)


def plot_grid(images: torch.Tensor) -> Figure:
    """Draw 16 images in 4 rows of 4.

    Args:
        images: shape (16, 28, 28), in [0, 1].

    Returns:
        A new figure; nothing is shown or saved.
    """
    figure, grid = plt.subplots(4, 4, figsize=(5, 5))
    for axes, image in zip(grid.flat, images, strict=True):
        axes.imshow(image.cpu(), cmap="gray", vmin=0, vmax=1)
        axes.axis("off")
    return figure
