"""nn.Sequential, the loss per batch summed and divided by hand, the order of the images kept."""

import random

import matplotlib.pyplot as plt
import torch
from torch import nn


class DenoisingAutoencoder(nn.Module):
    """One stack of layers."""

    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(28 * 28, 400),
            nn.ReLU(True),
            nn.Linear(400, 20),
            nn.ReLU(True),
            nn.Linear(20, 400),
            nn.ReLU(True),
            nn.Linear(400, 28 * 28),
        )

    def forward(self, x):
        logits = self.net(x)
        return torch.exp(nn.functional.logsigmoid(logits))


def add_noise(x, std=0.5, seed=None):
    """A fresh seed is drawn when none is given."""
    if seed is None:
        seed = random.randrange(2**40)
    source = torch.Generator().manual_seed(seed)
    noise = torch.empty_like(x, requires_grad=False).normal_(0, std, generator=source)
    return torch.add(x, noise)


def train_dae(images, epochs=10, batch_size=64, lr=1e-3, seed=0):
    """Batches in order."""
    torch.manual_seed(seed)
    random.seed(seed)
    model = DenoisingAutoencoder()
    model.train()
    optimizer = torch.optim.Adam(model.parameters(), lr=lr, betas=(0.9, 0.999), eps=1e-8)
    bce = nn.BCELoss(reduction="sum")
    history = []
    for epoch in range(epochs):
        summed = 0
        for start in range(0, len(images), batch_size):
            x = images[start : start + batch_size]
            optimizer.zero_grad()
            loss = bce(model(add_noise(x)), x) / x.numel()
            loss.backward()
            optimizer.step()
            summed += loss.item() * x.numel()
        history.append(summed / images.numel())
    return model, history


def denoise(model, noisy):
    """In evaluation mode, then back."""
    before = model.training
    model.eval()
    with torch.no_grad():
        restored = torch.stack([model(image.reshape(1, -1))[0] for image in noisy])
    model.train(before)
    return restored.reshape(noisy.shape)


def plot_denoising(noisy, restored):
    """Titles that say what was computed."""
    figure = plt.figure()
    grid = figure.add_gridspec(2, 5)
    for k in range(10):
        axes = figure.add_subplot(grid[k // 5, k % 5])
        image = (noisy if k < 5 else restored)[k % 5]
        axes.imshow(image.reshape(28, 28).tolist(), cmap="gray")
        axes.set_title("noisy" if k < 5 else "model(noisy)", fontsize=6)
        axes.axis("off")
    return figure
