"""HW5 P4: a GAN of fully connected networks"""

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure
from torch import nn
from torch.nn import functional

SAMPLE_EVERY = 10
SAMPLES = 16


class Generator(nn.Module):
    """Maps latent vectors to images: layers z_dim-256-512-784, LeakyReLU(0.2), tanh out.

    Attributes:
        z_dim: size of a latent vector.
    """

    def __init__(self, z_dim: int = 128) -> None:
        """Build the layers.

        Args:
            z_dim: size of a latent vector.
        """
        super().__init__()
        self.z_dim = z_dim
        self.layers = nn.Sequential(
            nn.Linear(z_dim, 256),
            nn.LeakyReLU(0.2),
            nn.Linear(256, 512),
            nn.LeakyReLU(0.2),
            nn.Linear(512, 784),
            nn.Tanh(),
        )

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        """Generate images.

        Args:
            z: latent vectors, shape (n, z_dim), float32.

        Returns:
            Images, shape (n, 784), in [-1, 1].
        """
        return self.layers(z)


class Discriminator(nn.Module):
    """Tells real images from generated ones: layers 784-512-256-1, LeakyReLU(0.2), sigmoid out."""

    def __init__(self) -> None:
        """Build the layers."""
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(784, 512),
            nn.LeakyReLU(0.2),
            nn.Linear(512, 256),
            nn.LeakyReLU(0.2),
            nn.Linear(256, 1),
            nn.Sigmoid(),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Judge images.

        Args:
            x: images, shape (n, 784), float32, scaled to [-1, 1].

        Returns:
            For each image the probability that it is real, shape (n, 1).
        """
        return self.layers(x)


def discriminator_loss(d_real: torch.Tensor, d_fake: torch.Tensor) -> torch.Tensor:
    """The discriminator's loss: the sum of its two mean binary cross entropies.

    Args:
        d_real: the discriminator's outputs for real images, shape (n, 1), in [0, 1].
        d_fake: its outputs for generated images, shape (k, 1), in [0, 1].

    Returns:
        A scalar tensor that can be differentiated, finite also for outputs of exactly 0 or 1.
    """
    # binary_cross_entropy cuts its logarithms at -100, so a certain and wrong answer costs 100
    real = functional.binary_cross_entropy(d_real, torch.ones_like(d_real))
    fake = functional.binary_cross_entropy(d_fake, torch.zeros_like(d_fake))
    return real + fake


def generator_loss(d_fake: torch.Tensor) -> torch.Tensor:
    """The generator's non-saturating loss, a mean binary cross entropy.

    Args:
        d_fake: the discriminator's outputs for generated images, shape (n, 1), in [0, 1].

    Returns:
        A scalar tensor that can be differentiated, finite also for outputs of exactly 0 or 1.

    Source: Goodfellow et al., Generative Adversarial Nets (arXiv:1406.2661), section 3.
    """
    # fakes labelled 1: log D grows where log(1 - D) is flat, early on when D sees every fake
    return functional.binary_cross_entropy(d_fake, torch.ones_like(d_fake))


def train_step(
    generator: nn.Module,
    discriminator: nn.Module,
    real: torch.Tensor,
    opt_g: torch.optim.Optimizer,
    opt_d: torch.optim.Optimizer,
) -> tuple[float, float]:
    """One update of the discriminator, then one of the generator against the updated one.

    As many fakes as there are real images are drawn from standard normal latent vectors. The
    discriminator's update leaves the generator as it was, and the other way round.

    Args:
        generator: maps latent vectors of its `z_dim` to images, updated in place.
        discriminator: maps images to probabilities, updated in place.
        real: a batch of real images, shape (n, 784), scaled to [-1, 1].
        opt_g: optimiser of the generator's parameters.
        opt_d: optimiser of the discriminator's parameters.

    Returns:
        (loss_d, loss_g): the two losses of this batch, each computed before its own update.
    """
    z = torch.randn(len(real), generator.z_dim, device=real.device)

    # detach: the discriminator's loss must not reach the generator
    fake = generator(z).detach()
    loss_d = discriminator_loss(discriminator(real), discriminator(fake))
    opt_d.zero_grad()
    loss_d.backward()
    opt_d.step()

    loss_g = generator_loss(discriminator(generator(z)))
    opt_g.zero_grad()
    # this also fills the discriminator's .grad: its next update starts with zero_grad
    loss_g.backward()
    opt_g.step()
    return loss_d.item(), loss_g.item()


def train_gan(
    images: torch.Tensor,
    epochs: int = 50,
    batch_size: int = 100,
    lr: float = 2e-4,
    seed: int = 0,
) -> tuple[Generator, Discriminator, dict[str, list[float] | dict[int, torch.Tensor]]]:
    """Train both networks with Adam (its default betas); the same seed repeats the run.

    Args:
        images: real images, shape (n, 784), float32, scaled to [-1, 1].
        epochs: passes over the images.
        batch_size: images per update.
        lr: Adam's learning rate, for both networks.
        seed: decides the first weights and everything that is drawn.

    Returns:
        (generator, discriminator, history). history holds `generator_loss` and
        `discriminator_loss`, lists of one mean per epoch, and `samples`, which maps every 10th
        epoch (10, 20, ...) to 16 generated images, shape (16, 28, 28), in [0, 1].
    """
    torch.manual_seed(seed)
    generator = Generator().to(images.device)
    discriminator = Discriminator().to(images.device)
    opt_g = torch.optim.Adam(generator.parameters(), lr=lr)
    opt_d = torch.optim.Adam(discriminator.parameters(), lr=lr)
    history: dict = {"generator_loss": [], "discriminator_loss": [], "samples": {}}
    for epoch in range(1, epochs + 1):
        loss_d, loss_g = _train_epoch(generator, discriminator, images, batch_size, opt_g, opt_d)
        history["discriminator_loss"].append(loss_d)
        history["generator_loss"].append(loss_g)
        if epoch % SAMPLE_EVERY == 0:
            history["samples"][epoch] = sample(generator, SAMPLES, seed)
    return generator, discriminator, history


def _train_epoch(
    generator: Generator,
    discriminator: Discriminator,
    images: torch.Tensor,
    batch_size: int,
    opt_g: torch.optim.Optimizer,
    opt_d: torch.optim.Optimizer,
) -> tuple[float, float]:
    """One pass over shuffled batches; mean losses (discriminator, generator) per image."""
    totals = torch.zeros(2, dtype=torch.float64)
    for batch in torch.randperm(len(images)).split(batch_size):
        losses = train_step(generator, discriminator, images[batch], opt_g, opt_d)
        totals += len(batch) * torch.tensor(losses, dtype=torch.float64)
    loss_d, loss_g = (totals / len(images)).tolist()
    return loss_d, loss_g


@torch.no_grad()
def sample(generator: nn.Module, n: int, seed: int = 0) -> torch.Tensor:
    """Draw images from standard normal latent vectors; the generator is left as it was.

    Args:
        generator: maps latent vectors of its `z_dim` to images in [-1, 1].
        n: number of images.
        seed: the same seed gives the same images.

    Returns:
        Images, shape (n, 28, 28), in [0, 1].
    """
    device = next(generator.parameters()).device
    # a generator of its own: drawing pictures must not change the course of a training run
    z = torch.randn(n, generator.z_dim, generator=torch.Generator().manual_seed(seed))
    return (generator(z.to(device)).reshape(n, 28, 28) + 1) / 2


def plot_losses(history: dict) -> Figure:
    """Draw both losses against the epoch, each as a labelled line.

    Args:
        history: as `train_gan` returns it.

    Returns:
        A new figure; nothing is shown or saved.
    """
    figure, axes = plt.subplots()
    for name in ("generator_loss", "discriminator_loss"):
        losses = history[name]
        axes.plot(range(1, len(losses) + 1), losses, label=name.replace("_", " "))
    axes.set(xlabel="epoch", ylabel="mean loss", title="GAN losses")
    axes.legend()
    return figure


def plot_grid(images: torch.Tensor) -> Figure:
    """Draw 16 images in 4 rows of 4.

    Args:
        images: shape (16, 28, 28), in [0, 1].

    Returns:
        A new figure; nothing is shown or saved.
    """
    figure, grid = plt.subplots(4, 4, figsize=(5, 5))
    for axes, image in zip(grid.flat, images, strict=True):
        axes.imshow(image.cpu(), cmap="gray", vmin=0, vmax=1)
        axes.axis("off")
    return figure
