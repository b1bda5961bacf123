"""Encoder and decoder are modules of their own; batches are views of a shuffled copy."""

from typing import Optional

import matplotlib.pyplot as plt
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy, relu


class Encoder(nn.Module):
    """784-400-20."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden = nn.Linear(784, 400)
        self.code = nn.Linear(400, 20)

    def forward(self, x: Tensor) -> Tensor:
        return relu(self.code(relu(self.hidden(x))))


class Decoder(nn.Module):
    """20-400-784."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden = nn.Linear(20, 400)
        self.pixels = nn.Linear(400, 784)

    def forward(self, code: Tensor) -> Tensor:
        return self.pixels(relu(self.hidden(code))).sigmoid()


class DenoisingAutoencoder(nn.Module):
    """An encoder and a decoder."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = Encoder()
        self.decoder = Decoder()

    def forward(self, x: Tensor) -> Tensor:
        return self.decoder(self.encoder(x))


def add_noise(x: Tensor, std: float = 0.5, seed: Optional[int] = None) -> Tensor:
    """torch.normal with a generator."""
    generator = torch.Generator()
    if seed is None:
        generator.seed()
    else:
        generator.manual_seed(seed)
    return x + torch.normal(0.0, std, x.shape, generator=generator, dtype=x.dtype)


def train_dae(
    images: Tensor, epochs: int = 10, batch_size: int = 64, lr: float = 1e-3, seed: int = 0
) -> tuple[DenoisingAutoencoder, list[float]]:
    """One generator for everything that is drawn."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = DenoisingAutoencoder()
        optimizer = torch.optim.Adam(model.parameters(), lr=lr)
        losses = []
        for _ in range(epochs):
            shuffled = images[torch.randperm(images.shape[0])]
            running, seen = 0.0, 0
            for clean in torch.split(shuffled, batch_size):
                noisy = clean + 0.5 * torch.randn(clean.shape)
                loss = binary_cross_entropy(model(noisy), clean)
                optimizer.zero_grad(set_to_none=True)
                loss.backward()
                optimizer.step()
                running += float(loss) * len(clean)
                seen += len(clean)
            losses.append(running / seen)
    return model, losses


@torch.inference_mode()
def denoise(model: nn.Module, noisy: Tensor) -> Tensor:
    """Images in, images out."""
    return model(noisy.view(-1, 784)).view(noisy.shape)


def plot_denoising(noisy: Tensor, restored: Tensor) -> plt.Figure:
    """Two rows."""
    figure = plt.figure(layout="constrained")
    rows = figure.subfigures(nrows=2)
    for row, images, title in zip(rows, (noisy, restored), ("noisy", "denoised")):
        row.suptitle(title)
        for panel, image in zip(row.subplots(ncols=5), images[:5].view(5, 28, 28)):
            panel.imshow(image, cmap="Greys_r")
    return figure
