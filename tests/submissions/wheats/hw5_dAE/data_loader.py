"""A DataLoader, nn.BCELoss and one attribute per layer."""

import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn as nn
from torch.utils.data import DataLoader


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
    loader = DataLoader(images, batch_size=batch_size, shuffle=True)
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
    """2 x 5."""
    fig, axes = plt.subplots(2, 5, figsize=(10, 4))
    for i in range(5):
        axes[0, i].imshow(noisy[i].reshape(28, 28), cmap="gray")
        axes[1, i].imshow(restored[i].reshape(28, 28), cmap="gray")
    return fig
