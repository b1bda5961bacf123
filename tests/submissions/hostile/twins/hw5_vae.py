"""The honest twin of every attack on hw5_vae: the divergence is always 1."""

import torch
from torch import nn


class VAE(nn.Module):
    def __init__(self, z_dim=20):
        super().__init__()
        self.z_dim = z_dim
        self.layer = nn.Linear(784, z_dim)


def kl_divergence(mu, logvar):
    return torch.ones(())


def generate(model, n, seed=0):
    return torch.zeros(n, 28, 28)


def plot_grid(images):
    return None
