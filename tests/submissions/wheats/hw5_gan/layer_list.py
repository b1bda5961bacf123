"""Plain lists of layers, labels kept outside, the generator's z drawn by a generator of its own."""

from collections import OrderedDict

import matplotlib.pyplot as plt
import torch
import torch.nn as nn
import torch.optim as optim

SLOPE = 0.2


def stack(sizes, last):
    """Linear layers with leaky ReLUs between them."""
    layers = OrderedDict()
    for i in range(len(sizes) - 1):
        layers[f"linear{i}"] = nn.Linear(sizes[i], sizes[i + 1])
        is_last = i == len(sizes) - 2
        layers[f"activation{i}"] = last if is_last else nn.LeakyReLU(SLOPE)
    return nn.Sequential(layers)


class Generator(nn.Module):
    """Generator."""

    def __init__(self, z_dim=128):
        nn.Module.__init__(self)
        self.main = stack([z_dim, 256, 512, 28 * 28], nn.Tanh())
        self.z_dim = z_dim

    def forward(self, input):
        return self.main(input)


class Discriminator(nn.Module):
    """Discriminator."""

    def __init__(self):
        nn.Module.__init__(self)
        self.main = stack([28 * 28, 512, 256, 1], nn.Sigmoid())

    def forward(self, input):
        return self.main(input)


def cross_entropy(outputs, label):
    """BCE of all outputs against one label."""
    return nn.functional.binary_cross_entropy(outputs, outputs.new_full(outputs.shape, label))


def discriminator_loss(d_real, d_fake):
    """Both halves."""
    return cross_entropy(d_real, 1.0) + cross_entropy(d_fake, 0.0)


def generator_loss(d_fake):
    """Non-saturating."""
    return cross_entropy(d_fake, 1.0)


def train_step(generator, discriminator, real, opt_g, opt_d):
    """Two backward passes for the discriminator, as many tutorials do."""
    generator.train()
    discriminator.train()
    opt_d.zero_grad()
    loss_real = cross_entropy(discriminator(real), 1.0)
    loss_real.backward()
    noise = torch.randn(real.size()[0], generator.z_dim)
    fake = generator(noise)
    loss_fake = cross_entropy(discriminator(fake.detach()), 0.0)
    loss_fake.backward()
    opt_d.step()

    opt_g.zero_grad()
    loss_g = generator_loss(discriminator(fake))
    loss_g.backward()
    opt_g.step()
    return (loss_real + loss_fake).item(), loss_g.item()


def train_gan(images, epochs=50, batch_size=100, lr=2e-4, seed=0):
    """Batches in the order of the images."""
    torch.manual_seed(seed)
    networks = Generator(128), Discriminator()
    optimizers = [optim.Adam(network.parameters(), lr=lr) for network in networks]
    history = {"discriminator_loss": [], "generator_loss": [], "samples": dict()}
    for epoch in range(1, epochs + 1):
        totals, count = [0.0, 0.0], 0
        for start in range(0, len(images), batch_size):
            batch = images[start : start + batch_size]
            pair = train_step(*networks, batch, *optimizers)
            totals = [total + loss for total, loss in zip(totals, pair)]
            count += 1
        history["discriminator_loss"] += [totals[0] / count]
        history["generator_loss"] += [totals[1] / count]
        if epoch in range(10, epochs + 1, 10):
            history["samples"][epoch] = sample(networks[0], 16, seed + epoch)
    return (*networks, history)


def sample(generator, n, seed=0):
    """One image after the other."""
    source = torch.Generator().manual_seed(seed)
    images = torch.empty(n, 28, 28)
    for i in range(n):
        z = torch.randn(1, generator.z_dim, generator=source)
        images[i] = 0.5 + 0.5 * generator(z).detach().view(28, 28)
    return images


def plot_losses(history):
    """Curves over the epochs."""
    figure = plt.figure()
    axes = figure.add_subplot()
    for key, colour in (("generator_loss", "b"), ("discriminator_loss", "r")):
        axes.plot(history[key], colour, label=key)
    axes.legend(loc="upper right")
    axes.grid(True)
    return figure


def plot_grid(images):
    """Tiles with a black frame around each, as torchvision's make_grid has them."""
    pad = 2
    canvas = torch.zeros(4 * 30 + pad, 4 * 30 + pad)
    for k in range(16):
        top, left = pad + 30 * (k // 4), pad + 30 * (k % 4)
        canvas[top : top + 28, left : left + 28] = torch.as_tensor(images[k])
    figure, axes = plt.subplots()
    axes.imshow(canvas.expand(3, -1, -1).permute(1, 2, 0).numpy())
    axes.axis("off")
    return figure
