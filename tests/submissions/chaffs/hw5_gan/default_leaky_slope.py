"""LeakyReLU with its default slope of 0.01, in the discriminator."""
# loses: a
# says: 0.01


class Discriminator(nn.Module):
    """784-512-256-1."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(784, 512),
            nn.LeakyReLU(),
            nn.Linear(512, 256),
            nn.LeakyReLU(),
            nn.Linear(256, 1),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return self.layers(x)
