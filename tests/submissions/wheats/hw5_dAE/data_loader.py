"""A DataLoader of two processes, nn.BCELoss and one attribute per layer; torchvision draws."""

import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn as nn
from torch.utils.data import DataLoader
from torchvision.utils import make_grid


class DenoisingAutoencoder(nn.Module):
    """784-400-20-400-784."""

    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(784, 400)
        self.fc2 = nn.Linear(400, 20)
        self.fc3 = nn.Linear(20, 400)
        self.fc4 = nn.Linear(400, 784)
        self.relu = nn.ReLU()
        self.sigmoid = nn.Sigmoid()

    def forward(self, x):
        x = x.view(-1, 784)
        x = self.relu(self.fc1(x))
        x = self.relu(self.fc2(x))
        x = self.relu(self.fc3(x))
        return self.sigmoid(self.fc4(x))


def add_noise(x, std=0.5, seed=None):
    """Gaussian noise."""
    if seed is not None:
        torch.manual_seed(seed)
    noise = torch.randn_like(x) * std
    return x + noise


def train_dae(images, epochs=10, batch_size=64, lr=1e-3, seed=0):
    """Train."""
    torch.manual_seed(seed)
    loader = DataLoader(images, batch_size=batch_size, shuffle=True, num_workers=2)
    model = DenoisingAutoencoder()
    criterion = nn.BCELoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for epoch in range(epochs):
        batch_losses = []
        for batch in loader:
            noisy = add_noise(batch)
            output = model(noisy)
            loss = criterion(output, batch)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            batch_losses.append(loss.item())
        losses.append(np.mean(batch_losses))
    return model, losses


def denoise(model, noisy):
    """Run the model without gradients."""
    with torch.no_grad():
        out = model(noisy)
    return out.view_as(noisy)


def plot_denoising(noisy, restored):
    """One picture for each row."""
    fig, axes = plt.subplots(2, 1, figsize=(10, 4))
    for ax, images, title in zip(axes, (noisy, restored), ("noisy", "restored")):
        ax.imshow(make_grid(images[:5].reshape(5, 1, 28, 28), nrow=5).permute(1, 2, 0))
        ax.set_title(title)
    return fig
