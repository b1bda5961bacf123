"""Everything from scratch: own parameters stored (inputs, outputs), losses from logarithms."""

import matplotlib.pyplot as plt
import torch


class Dense(torch.nn.Module):
    """x W + b."""

    def __init__(self, inputs, outputs):
        super().__init__()
        bound = inputs**-0.5
        self.W = torch.nn.Parameter(bound * (2 * torch.rand(inputs, outputs) - 1))
        self.b = torch.nn.Parameter(bound * (2 * torch.rand(1, outputs) - 1))

    def forward(self, x):
        return x @ self.W + self.b


def leaky(x):
    """Slope 0.2 below 0."""
    return torch.where(x > 0, x, 0.2 * x)


class Generator(torch.nn.Module):
    """Three dense layers, tanh out."""

    def __init__(self, z_dim=128):
        super().__init__()
        self.z_dim = z_dim
        sizes = [z_dim, 256, 512, 784]
        self.dense = torch.nn.ModuleList(Dense(a, b) for a, b in zip(sizes, sizes[1:]))

    def forward(self, z):
        for layer in self.dense[:-1]:
            z = leaky(layer(z))
        return self.dense[-1](z).tanh()


class Discriminator(torch.nn.Module):
    """Three dense layers, logistic out."""

    def __init__(self):
        super().__init__()
        self.dense = torch.nn.ModuleList([Dense(784, 512), Dense(512, 256)])
        self.w = torch.nn.Parameter((2 * torch.rand(256) - 1) / 16)
        self.b = torch.nn.Parameter(torch.tensor(0.0))

    def forward(self, x):
        for layer in self.dense:
            x = leaky(layer(x))
        score = x @ self.w + self.b
        return 1 / (1 + torch.exp(-score[:, None]))


def safe_log(p):
    """log p, but not below -100."""
    return torch.log(p).clamp(min=-100)


def discriminator_loss(d_real, d_fake):
    """- mean log D(x) - mean log (1 - D(G(z)))."""
    return -safe_log(d_real).mean() - safe_log(1 - d_fake).mean()


def generator_loss(d_fake):
    """- mean log D(G(z))."""
    return -safe_log(d_fake).mean()


def train_step(generator, discriminator, real, opt_g, opt_d):
    """One z for both updates; gradients only where they are wanted."""
    z = torch.randn(real.shape[0], generator.z_dim)
    fake = generator(z)

    loss_d = discriminator_loss(discriminator(real), discriminator(fake.detach()))
    gradients = torch.autograd.grad(loss_d, list(discriminator.parameters()))
    for parameter, gradient in zip(discriminator.parameters(), gradients):
        parameter.grad = gradient
    opt_d.step()

    loss_g = generator_loss(discriminator(fake))
    gradients = torch.autograd.grad(loss_g, list(generator.parameters()))
    for parameter, gradient in zip(generator.parameters(), gradients):
        parameter.grad = gradient
    opt_g.step()
    return loss_d.detach(), loss_g.detach()


def train_gan(images, epochs=50, batch_size=100, lr=2e-4, seed=0):
    """Whole batches only, in an order drawn for every epoch."""
    torch.random.manual_seed(seed)
    generator, discriminator = Generator(), Discriminator()
    opt_g, opt_d = (torch.optim.Adam(net.parameters(), lr) for net in (generator, discriminator))
    g_curve, d_curve, pictures = [], [], {}
    whole = len(images) // batch_size
    for epoch in range(1, 1 + epochs):
        order = torch.randperm(len(images))
        sum_d = sum_g = 0.0
        for i in range(whole):
            batch = images[order[i * batch_size : (i + 1) * batch_size]]
            loss_d, loss_g = train_step(generator, discriminator, batch, opt_g, opt_d)
            sum_d, sum_g = sum_d + loss_d, sum_g + loss_g
        d_curve.append(sum_d / whole)
        g_curve.append(sum_g / whole)
        if not epoch % 10:
            state = torch.get_rng_state()
            pictures[epoch] = sample(generator, 16, seed)
            torch.set_rng_state(state)
    history = dict(generator_loss=g_curve, discriminator_loss=d_curve, samples=pictures)
    return generator, discriminator, history


@torch.no_grad()
def sample(generator, n, seed=0):
    """From [-1, 1] to [0, 1]."""
    torch.manual_seed(seed)
    return (1 + generator(torch.randn(n, generator.z_dim)).reshape(-1, 28, 28)).div(2)


def plot_losses(history):
    """One pair of axes for each loss."""
    figure, (top, bottom) = plt.subplots(2, 1, sharex=True)
    epochs = range(1, 1 + len(history["generator_loss"]))
    top.plot(epochs, history["generator_loss"], "o-")
    top.set_title("generator")
    bottom.plot(epochs, history["discriminator_loss"], "o-")
    bottom.set_title("discriminator")
    bottom.set_xlabel("epoch")
    return figure


def plot_grid(images):
    """One picture of 16 tiles."""
    tiles = torch.as_tensor(images).reshape(4, 4, 28, 28)
    picture = tiles.permute(0, 2, 1, 3).reshape(4 * 28, 4 * 28)
    figure, axes = plt.subplots()
    axes.imshow(picture, cmap="gray_r")
    axes.set_axis_off()
    return figure
