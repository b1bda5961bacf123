"""Batches from a DataLoader with a process, nn.BCELoss, two fresh draws of z per step."""

import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

bce = nn.BCELoss()


class Generator(nn.Module):
    """z -> 256 -> 512 -> 784."""

    def __init__(self, z_dim=128):
        super(Generator, self).__init__()
        self.z_dim = z_dim
        self.fc1 = nn.Linear(z_dim, 256)
        self.fc2 = nn.Linear(256, 512)
        self.fc3 = nn.Linear(512, 784)
        self.act = nn.LeakyReLU(negative_slope=0.2, inplace=True)

    def forward(self, z):
        h = self.act(self.fc1(z))
        h = self.act(self.fc2(h))
        return torch.tanh(self.fc3(h))


class Discriminator(nn.Module):
    """784 -> 512 -> 256 -> 1."""

    def __init__(self):
        super(Discriminator, self).__init__()
        self.fc1 = nn.Linear(784, 512)
        self.fc2 = nn.Linear(512, 256)
        self.fc3 = nn.Linear(256, 1)
        self.act = nn.LeakyReLU(negative_slope=0.2, inplace=True)

    def forward(self, x):
        x = x.view(x.size(0), -1)
        h = self.act(self.fc1(x))
        h = self.act(self.fc2(h))
        return torch.sigmoid(self.fc3(h))


def discriminator_loss(d_real, d_fake):
    """Real images have label 1, fakes 0."""
    ones = torch.ones(d_real.size(0), 1)
    zeros = torch.zeros(d_fake.size(0), 1)
    return bce(d_real, ones) + bce(d_fake, zeros)


def generator_loss(d_fake):
    """The generator wants its fakes to be called real."""
    return bce(d_fake, torch.ones(d_fake.size(0), 1))


def train_step(generator, discriminator, real, opt_g, opt_d):
    """Discriminator first."""
    n = real.size(0)
    # discriminator
    opt_d.zero_grad()
    with torch.no_grad():
        fake = generator(torch.randn(n, generator.z_dim))
    d_loss = discriminator_loss(discriminator(real), discriminator(fake))
    d_loss.backward()
    opt_d.step()
    # generator
    opt_g.zero_grad()
    fake = generator(torch.randn(n, generator.z_dim))
    g_loss = generator_loss(discriminator(fake))
    g_loss.backward()
    opt_g.step()
    return d_loss.item(), g_loss.item()


def train_gan(images, epochs=50, batch_size=100, lr=0.0002, seed=0):
    """Train with Adam."""
    torch.manual_seed(seed)
    np.random.seed(seed)
    dataset = TensorDataset(images)
    loader = DataLoader(dataset, batch_size, shuffle=True, num_workers=1)
    generator = Generator()
    discriminator = Discriminator()
    opt_g = torch.optim.Adam(generator.parameters(), lr=lr)
    opt_d = torch.optim.Adam(discriminator.parameters(), lr=lr)
    history = {"generator_loss": [], "discriminator_loss": [], "samples": {}}
    for epoch in range(epochs):
        d_losses, g_losses = [], []
        for (batch,) in loader:
            d_loss, g_loss = train_step(generator, discriminator, batch, opt_g, opt_d)
            d_losses.append(d_loss)
            g_losses.append(g_loss)
        history["discriminator_loss"].append(np.mean(d_losses))
        history["generator_loss"].append(np.mean(g_losses))
        if (epoch + 1) % 10 == 0:
            history["samples"][epoch + 1] = sample(generator, 16)
    return generator, discriminator, history


def sample(generator, n, seed=0):
    """Images in [0, 1]."""
    rng = torch.Generator()
    rng.manual_seed(seed)
    with torch.no_grad():
        images = generator(torch.randn((n, generator.z_dim), generator=rng))
    return (images * 0.5 + 0.5).view(n, 28, 28)


def plot_losses(history):
    """Both curves on one pair of axes."""
    fig = plt.figure()
    plt.plot(history["generator_loss"], label="Generator")
    plt.plot(history["discriminator_loss"], label="Discriminator")
    plt.legend()
    plt.xlabel("epoch")
    plt.ylabel("loss")
    return fig


def plot_grid(images):
    """4 x 4."""
    fig = plt.figure(figsize=(4, 4))
    for i in range(16):
        plt.subplot(4, 4, i + 1)
        plt.imshow(images[i], cmap="gray")
        plt.axis("off")
    return fig
