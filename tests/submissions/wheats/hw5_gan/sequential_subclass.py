"""Networks that are nn.Sequential, the discriminator frozen in the generator's turn, numpy."""

import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.optim import Adam


class Generator(nn.Sequential):
    """The generator of figure 1."""

    def __init__(self, z_dim: int = 128):
        super().__init__(
            nn.Linear(z_dim, 256),
            nn.LeakyReLU(0.2),
            nn.Linear(256, 512),
            nn.LeakyReLU(0.2),
            nn.Linear(512, 784),
            nn.Tanh(),
        )

    @property
    def z_dim(self) -> int:
        """Size of the latent vector."""
        return self[0].in_features


class Discriminator(nn.Sequential):
    """The discriminator of figure 1, with dropout switched off."""

    def __init__(self):
        super().__init__(
            nn.Linear(784, 512),
            nn.LeakyReLU(0.2),
            nn.Dropout(0.0),
            nn.Linear(512, 256),
            nn.LeakyReLU(0.2),
            nn.Linear(256, 1),
            nn.Sigmoid(),
        )


def discriminator_loss(d_real, d_fake):
    """Sum of the halves."""
    loss = F.binary_cross_entropy(d_real, torch.full_like(d_real, 1.0))
    loss += F.binary_cross_entropy(d_fake, torch.full_like(d_fake, 0.0))
    return loss


def generator_loss(d_fake):
    """Fakes as if they were real."""
    return F.binary_cross_entropy(d_fake, torch.full_like(d_fake, 1.0))


def train_step(generator, discriminator, real, opt_g, opt_d):
    """Both networks once."""
    z = torch.normal(0.0, 1.0, size=(real.shape[0], generator.z_dim))
    fake = generator(z)
    discriminator.zero_grad(set_to_none=False)
    loss_d = discriminator_loss(discriminator(real), discriminator(fake.detach().clone()))
    loss_d.backward()
    opt_d.step()

    discriminator.requires_grad_(False)
    generator.zero_grad(set_to_none=False)
    loss_g = generator_loss(discriminator(fake))
    loss_g.backward()
    opt_g.step()
    discriminator.requires_grad_(True)
    return [float(loss_d), float(loss_g)]


def train_gan(images, epochs=50, batch_size=100, lr=2e-4, seed=0):
    """The global generator is put back afterwards."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        generator, discriminator = Generator(), Discriminator()
        opt_d = Adam(discriminator.parameters(), lr=lr)
        opt_g = Adam(generator.parameters(), lr=lr)
        losses = np.zeros((epochs, 2))
        samples = {}
        for epoch in range(epochs):
            batches = torch.randperm(images.shape[0]).split(batch_size)
            steps = [
                train_step(generator, discriminator, images[index], opt_g, opt_d)
                for index in batches
            ]
            losses[epoch] = np.average(steps, axis=0, weights=[len(index) for index in batches])
            if epoch % 10 == 9:
                samples[epoch + 1] = sample(generator, 16, seed).numpy()
    history = {
        "samples": samples,
        "discriminator_loss": losses[:, 0].tolist(),
        "generator_loss": losses[:, 1].tolist(),
    }
    return generator, discriminator, history


def sample(generator, n, seed=0):
    """numpy's generator draws z here."""
    z = np.random.default_rng(seed).standard_normal((n, generator.z_dim))
    images = generator(torch.tensor(z, dtype=torch.float32)).detach()
    return torch.clamp((images + 1) / 2, 0, 1).unflatten(1, (28, 28))


def plot_losses(history):
    """Loss against epoch."""
    epochs = np.arange(len(history["generator_loss"])) + 1
    fig, ax = plt.subplots(figsize=(7, 4))
    ax.plot(epochs, history["discriminator_loss"], "--", color="tab:red")
    ax.plot(epochs, history["generator_loss"], color="tab:blue")
    ax.legend(["D", "G"])
    return fig


def plot_grid(images):
    """16 panels."""
    fig, axs = plt.subplots(nrows=4, ncols=4)
    for k, ax in enumerate(axs.ravel()):
        ax.imshow(255 * np.asarray(images[k]), cmap=plt.cm.gray, vmin=0, vmax=255)
        ax.set(xticks=[], yticks=[])
    fig.tight_layout()
    return fig
