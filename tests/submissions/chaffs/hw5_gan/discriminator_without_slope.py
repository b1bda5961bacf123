"""The discriminator's hidden layers are linear."""
# loses: a
# says: there is no activation between the layers


class Discriminator(nn.Module):
    """784-512-256-1."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(784, 512),
            nn.Linear(512, 256),
            nn.Linear(256, 1),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return self.layers(x)
