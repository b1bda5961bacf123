"""The discriminator returns logits: the sigmoid is missing."""
# loses: a, b
# says: sigmoid at the end is missing


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
        )

    def forward(self, x):
        return self.layers(x)
