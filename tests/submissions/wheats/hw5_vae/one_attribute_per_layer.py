"""fc1, fc21, fc22, fc3, fc4, a DataLoader, and the loss as torch's own example has it."""

import matplotlib.pyplot as plt
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader


class VAE(nn.Module):
    """784-400-20-400-784."""

    def __init__(self, z_dim=20):
        super(VAE, self).__init__()
        self.z_dim = z_dim
        self.fc1 = nn.Linear(784, 400)
        self.fc21 = nn.Linear(400, z_dim)
        self.fc22 = nn.Linear(400, z_dim)
        self.fc3 = nn.Linear(z_dim, 400)
        self.fc4 = nn.Linear(400, 784)

    def encode(self, x):
        h1 = F.relu(self.fc1(x))
        return self.fc21(h1), self.fc22(h1)

    def reparameterize(self, mu, logvar):
        std = torch.exp(0.5 * logvar)
        eps = torch.randn_like(std)
        return eps.mul(std).add_(mu)

    def decode(self, z):
        h3 = F.relu(self.fc3(z))
        return torch.sigmoid(self.fc4(h3))

    def forward(self, x):
        mu, logvar = self.encode(x.view(-1, 784))
        z = self.reparameterize(mu, logvar)
        return self.decode(z), mu, logvar


def kl_divergence(mu, logvar):
    """Appendix B of the paper."""
    return -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())


def vae_loss(x_hat, x, mu, logvar):
    """Reconstruction plus KL."""
    BCE = F.binary_cross_entropy(x_hat, x.view(-1, 784), reduction="sum")
    return BCE + kl_divergence(mu, logvar)


def train_vae(images, epochs=10, batch_size=64, lr=5e-4, seed=0):
    """Loss per image."""
    torch.manual_seed(seed)
    train_loader = DataLoader(images, batch_size=batch_size, shuffle=True)
    model = VAE()
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for epoch in range(epochs):
        model.train()
        train_loss = 0
        for data in train_loader:
            optimizer.zero_grad()
            recon, mu, logvar = model(data)
            loss = vae_loss(recon, data, mu, logvar)
            loss.backward()
            train_loss += loss.item()
            optimizer.step()
        losses.append(train_loss / len(train_loader.dataset))
    return model, losses


def generate(model, n=16, seed=0):
    """Decode draws from the prior."""
    torch.manual_seed(seed)
    with torch.no_grad():
        sample = torch.randn(n, model.z_dim)
        return model.decode(sample).view(n, 28, 28)


def plot_grid(images):
    """4 x 4."""
    fig = plt.figure(figsize=(4, 4))
    for i in range(16):
        plt.subplot(4, 4, i + 1)
        plt.imshow(images[i], cmap="gray")
        plt.axis("off")
    return fig
