"""The discriminator returns the probability that an image is fake."""
# loses: a, b
# says: mean d(real) - mean d(noise)


class Discriminator(nn.Module):
    """784-512-256-1."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(784, 512),
            nn.LeakyReLU(0.2),
            nn.Linear(512, 256),
            nn.LeakyReLU(0.2),
            nn.Linear(256, 1),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return 1 - self.layers(x)
