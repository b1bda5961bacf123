"""Own parameters stored (inputs, outputs), the cross entropy by its formula, numpy noise."""

import matplotlib.pyplot as plt
import numpy as np
import torch

SIZES = (784, 400, 20, 400, 784)


class DenoisingAutoencoder(torch.nn.Module):
    """Four matrices and four vectors."""

    def __init__(self):
        super().__init__()
        self.weights = torch.nn.ParameterList()
        self.biases = torch.nn.ParameterList()
        for inputs, outputs in zip(SIZES, SIZES[1:]):
            self.weights.append(torch.nn.Parameter(0.01 * torch.randn(inputs, outputs)))
            self.biases.append(torch.nn.Parameter(torch.zeros(outputs)))

    def forward(self, x):
        last = len(self.weights) - 1
        for i, (weight, bias) in enumerate(zip(self.weights, self.biases)):
            x = torch.addmm(bias, x, weight)
            x = torch.sigmoid(x) if i == last else torch.clamp(x, min=0)
        return x


def add_noise(x, std=0.5, seed=None):
    """numpy draws the noise, in the dtype of x."""
    noise = np.random.default_rng(seed).normal(0.0, std, size=tuple(x.shape))
    return x + torch.from_numpy(noise).to(x.dtype)


def cross_entropy(p, target):
    """Mean over all pixels."""
    eps = 1e-12
    terms = target * torch.log(p + eps) + (1 - target) * torch.log(1 - p + eps)
    return -terms.mean()


def train_dae(images, epochs=10, batch_size=64, lr=1e-3, seed=0):
    """Whole batches only; the noise of each has a seed of its own."""
    torch.manual_seed(seed)
    rng = np.random.RandomState(seed)
    model = DenoisingAutoencoder()
    adam = torch.optim.Adam(model.parameters(), lr)
    losses = []
    for _ in range(epochs):
        order = rng.permutation(len(images))
        total, batches = 0.0, len(images) // batch_size
        for k in range(batches):
            clean = images[order[k * batch_size : (k + 1) * batch_size]]
            noisy = add_noise(clean, seed=rng.randint(2**31 - 1))
            loss = cross_entropy(model(noisy), clean)
            adam.zero_grad()
            loss.backward()
            adam.step()
            total = total + loss.detach()
        losses.append(total / batches)
    return model, losses


def denoise(model, noisy):
    """Reconstructions, cut off from the graph."""
    return model(noisy.flatten(1)).detach().reshape(noisy.shape)


def plot_denoising(noisy, restored):
    """Column by column: a noisy image and what became of it."""
    figure = plt.figure(figsize=(9, 4))
    for k in range(5):
        for row, images in enumerate([noisy, restored]):
            axes = figure.add_subplot(2, 5, 5 * row + k + 1)
            axes.imshow(images[k].reshape(28, 28).numpy(), cmap="gray", vmin=-1, vmax=2)
            axes.set_xticks([])
            axes.set_yticks([])
    return figure
