"""The code has 32 numbers instead of 20."""
# loses: a
# says: layers of the figure


class DenoisingAutoencoder(nn.Module):
    """784-400-20-400-784."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(784, 400), nn.ReLU(), nn.Linear(400, 32), nn.ReLU())
        self.decoder = nn.Sequential(
            nn.Linear(32, 400), nn.ReLU(), nn.Linear(400, 784), nn.Sigmoid()
        )

    def forward(self, x):
        return self.decoder(self.encoder(x))
