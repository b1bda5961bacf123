"""Encoder and decoder are modules of their own; the sample is kept as an attribute."""

from __future__ import annotations

import matplotlib.pyplot as plt
import torch
from torch import Tensor, nn, optim


class Encoder(nn.Module):
    """Images to the two heads."""

    def __init__(self, hidden: int, z_dim: int) -> None:
        super().__init__()
        self.first = nn.Linear(784, hidden)
        self.mean = nn.Linear(hidden, z_dim)
        self.log_variance = nn.Linear(hidden, z_dim)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        features = torch.relu(self.first(x))
        return self.mean(features), self.log_variance(features)


class Decoder(nn.Module):
    """Latent vectors to images."""

    def __init__(self, z_dim: int, hidden: int) -> None:
        super().__init__()
        self.first = nn.Linear(z_dim, hidden)
        self.last = nn.Linear(hidden, 784)

    def forward(self, z: Tensor) -> Tensor:
        return torch.special.expit(self.last(torch.relu(self.first(z))))


class VAE(nn.Module):
    """Both."""

    def __init__(self, z_dim: int = 20) -> None:
        super().__init__()
        self.encoder = Encoder(400, z_dim)
        self.decoder = Decoder(z_dim, 400)
        self.z_dim = z_dim

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """q(z | x)."""
        return self.encoder(x)

    def reparameterize(self, mu: Tensor, logvar: Tensor) -> Tensor:
        """A draw."""
        noise = torch.randn(mu.size(), dtype=mu.dtype)
        return torch.addcmul(mu, noise, torch.exp(logvar * 0.5))

    def decode(self, z: Tensor) -> Tensor:
        """p(x | z)."""
        return self.decoder(z)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """All three."""
        mu, logvar = self.encode(x)
        self.z = self.reparameterize(mu, logvar)
        return self.decode(self.z), mu, logvar


def kl_divergence(mu: Tensor, logvar: Tensor) -> Tensor:
    """The handout's terms with the sign that makes it a divergence."""
    return (logvar.exp() - logvar + mu.square()).sub(1).sum().mul(0.5)


def vae_loss(x_hat: Tensor, x: Tensor, mu: Tensor, logvar: Tensor) -> Tensor:
    """What is minimised."""
    reconstruction = nn.functional.binary_cross_entropy(x_hat, x, reduction="none").sum()
    return reconstruction + kl_divergence(mu, logvar)


def train_vae(
    images: Tensor, epochs: int = 10, batch_size: int = 64, lr: float = 5e-4, seed: int = 0
) -> tuple[VAE, list[float]]:
    """Batches in the order of the images."""
    torch.manual_seed(seed)
    model = VAE()
    optimizer = optim.Adam(params=model.parameters(), lr=lr)
    losses: list[float] = []
    while len(losses) < epochs:
        summed = 0.0
        for batch in images.split(batch_size):
            optimizer.zero_grad(set_to_none=True)
            loss = vae_loss(x_hat=(out := model(batch))[0], x=batch, mu=out[1], logvar=out[2])
            loss.backward()
            optimizer.step()
            summed += float(loss)
        losses.append(summed / images.shape[0])
    return model, losses


def generate(model: VAE, n: int = 16, seed: int = 0) -> Tensor:
    """In evaluation mode, then back."""
    was_training = model.training
    model.eval()
    with torch.random.fork_rng(devices=[]), torch.inference_mode():
        torch.manual_seed(seed)
        images = model.decode(torch.randn((n, model.z_dim)))
    model.train(was_training)
    return images.reshape((n, 28, 28))


def plot_grid(images: Tensor) -> plt.Figure:
    """Grid of panels without ticks."""
    figure = plt.figure(figsize=(5, 5))
    for position, image in enumerate(images, start=1):
        panel = figure.add_subplot(4, 4, position, xticks=[], yticks=[])
        panel.imshow(image, cmap="gray")
    return figure
