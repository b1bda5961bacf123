"""The reconstruction is not squashed: the sigmoid is missing."""
# loses: a, b
# says: sigmoid at the end is missing


class DenoisingAutoencoder(nn.Module):
    """784-400-20-400-784."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(784, 400), nn.ReLU(), nn.Linear(400, 20), nn.ReLU())
        self.decoder = nn.Sequential(
            nn.Linear(20, 400), nn.ReLU(), nn.Linear(400, 784)
        )

    def forward(self, x):
        return self.decoder(self.encoder(x))
