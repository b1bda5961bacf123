"""The last layer ends in a tanh."""
# loses: a
# says: figure wants a sigmoid


class DenoisingAutoencoder(nn.Module):
    """784-400-20-400-784."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(784, 400), nn.ReLU(), nn.Linear(400, 20), nn.ReLU())
        self.decoder = nn.Sequential(
            nn.Linear(20, 400), nn.ReLU(), nn.Linear(400, 784), nn.Tanh()
        )

    def forward(self, x):
        return self.decoder(self.encoder(x))
