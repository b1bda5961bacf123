"""torch.distributions does the sampling and the divergence."""

import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import nn
from torch.distributions import Independent, Normal, kl


class VAE(nn.Module):
    """Encoder trunk, two heads, decoder."""

    def __init__(self, z_dim: int = 20):
        super().__init__()
        self.z_dim = z_dim
        self.trunk = nn.Sequential(nn.Linear(784, 400), nn.ReLU())
        self.head_mean = nn.Linear(400, z_dim)
        self.head_logvar = nn.Linear(400, z_dim)
        self.generator = nn.Sequential(
            nn.Linear(z_dim, 400), nn.ReLU(), nn.Linear(400, 784), nn.Sigmoid()
        )

    def encode(self, x):
        h = self.trunk(x)
        return [self.head_mean(h), self.head_logvar(h)]

    def reparameterize(self, mu, logvar):
        return Normal(mu, logvar.div(2).exp()).rsample()

    def decode(self, z):
        return self.generator(z)

    def forward(self, x):
        mu, logvar = self.encode(x)
        return [self.decode(self.reparameterize(mu, logvar)), mu, logvar]


def kl_divergence(mu, logvar):
    """From the unit Gaussian."""
    posterior = Independent(Normal(mu, (logvar / 2).exp()), 1)
    prior = Independent(Normal(torch.zeros_like(mu), torch.ones_like(mu)), 1)
    return kl.kl_divergence(posterior, prior).sum()


def vae_loss(x_hat, x, mu, logvar):
    """The bound, turned round."""
    log_likelihood = -nn.BCELoss(reduction="none")(x_hat, x).sum(dim=1)
    return kl_divergence(mu, logvar) - log_likelihood.sum()


def train_vae(images, epochs=10, batch_size=64, lr=5e-4, seed=0):
    """Whole batches only."""
    torch.manual_seed(seed)
    model = VAE()
    adam = torch.optim.Adam(model.parameters(), lr=lr)
    curve = np.zeros(epochs)
    for epoch in range(epochs):
        order = torch.randperm(len(images))
        batches = [b for b in order.split(batch_size) if len(b) == batch_size]
        for index in batches:
            x_hat, mu, logvar = model(images[index])
            loss = vae_loss(x_hat, images[index], mu, logvar)
            adam.zero_grad()
            loss.backward()
            adam.step()
            curve[epoch] += loss.item() / (len(batches) * batch_size)
    return model, curve.tolist()


def generate(model, n=16, seed=0):
    """z from numpy."""
    z = np.random.RandomState(seed).randn(n, model.z_dim)
    return model.decode(torch.tensor(z).float()).detach().reshape(n, 28, 28)


def plot_grid(images):
    """One picture of 16 tiles."""
    rows = [np.hstack([np.asarray(images[4 * r + c]) for c in range(4)]) for r in range(4)]
    fig, ax = plt.subplots()
    ax.imshow(np.vstack(rows), cmap="gray", vmin=0, vmax=1)
    ax.axis("off")
    return fig
