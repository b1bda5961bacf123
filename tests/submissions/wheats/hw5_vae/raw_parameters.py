"""Own matrices stored (inputs, outputs), every formula written out."""

import matplotlib.pyplot as plt
import torch
from torch.nn import Module, Parameter


def matrix(inputs, outputs):
    """Small random numbers, as for a GAN."""
    return Parameter(0.02 * torch.randn(inputs, outputs))


class VAE(Module):
    """Five matrices, five vectors."""

    def __init__(self, z_dim=20):
        super().__init__()
        self.z_dim = z_dim
        self.W_hidden, self.b_hidden = matrix(784, 400), Parameter(torch.zeros(400))
        self.W_mu, self.b_mu = matrix(400, z_dim), Parameter(torch.zeros(z_dim))
        self.W_logvar, self.b_logvar = matrix(400, z_dim), Parameter(torch.zeros(z_dim))
        self.W_back, self.b_back = matrix(z_dim, 400), Parameter(torch.zeros(400))
        self.W_pixel, self.b_pixel = matrix(400, 784), Parameter(torch.zeros(784))

    def encode(self, x):
        h = (x @ self.W_hidden + self.b_hidden).clamp(min=0)
        return h @ self.W_mu + self.b_mu, h @ self.W_logvar + self.b_logvar

    def reparameterize(self, mu, logvar):
        sigma = logvar.exp().sqrt()
        return mu + sigma * torch.randn(len(mu), self.z_dim)

    def decode(self, z):
        h = (z @ self.W_back + self.b_back).clamp(min=0)
        return torch.sigmoid(h @ self.W_pixel + self.b_pixel)

    def forward(self, x):
        mu, logvar = self.encode(x)
        z = self.reparameterize(mu, logvar)
        return self.decode(z), mu, logvar


def kl_divergence(mu, logvar):
    """Per image first, then over the batch."""
    variance = logvar.exp()
    per_image = (variance + mu * mu - 1 - logvar).sum(axis=1) / 2
    return per_image.sum()


def vae_loss(x_hat, x, mu, logvar):
    """Cross entropy with the logarithms kept away from 0."""
    p = x_hat.clamp(1e-7, 1 - 1e-7)
    cross_entropy = -(x * p.log() + (1 - x) * (1 - p).log()).sum()
    return cross_entropy + kl_divergence(mu, logvar)


def train_vae(images, epochs=10, batch_size=64, lr=5e-4, seed=0):
    """The mean loss of each batch is minimised: Adam does not mind the scale."""
    generator_state = torch.get_rng_state()
    torch.manual_seed(seed)
    model = VAE(20)
    optimizer = torch.optim.Adam(list(model.parameters()), lr=lr)
    losses = []
    for _ in range(epochs):
        total = torch.zeros(())
        for index in torch.randperm(len(images)).chunk(max(1, len(images) // batch_size)):
            x = images[index]
            loss = vae_loss(*self_first(model(x), x)) / len(x)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.detach() * len(x)
        losses.append(total / len(images))
    torch.set_rng_state(generator_state)
    return model, losses


def self_first(outputs, x):
    """(x_hat, mu, logvar) and x in the order of the loss."""
    x_hat, mu, logvar = outputs
    return x_hat, x, mu, logvar


def generate(model, n=16, seed=0):
    """Draw, decode, reshape."""
    source = torch.Generator().manual_seed(seed)
    pictures = [model.decode(torch.randn(1, model.z_dim, generator=source)) for _ in range(n)]
    return torch.cat(pictures).detach().unflatten(1, (28, 28)).numpy()


def plot_grid(images):
    """16 panels."""
    figure, panels = plt.subplots(4, 4)
    for panel, image in zip(panels.ravel(), images):
        panel.imshow((image * 255).to(torch.uint8), cmap="gray", vmin=0, vmax=255)
        panel.set_axis_off()
    return figure
