"""The layers of 400 are left out."""
# loses: a
# says: layers of the figure


class DenoisingAutoencoder(nn.Module):
    """784-400-20-400-784."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(784, 20), nn.ReLU())
        self.decoder = nn.Sequential(
            nn.Linear(20, 784), nn.Sigmoid()
        )

    def forward(self, x):
        return self.decoder(self.encoder(x))
