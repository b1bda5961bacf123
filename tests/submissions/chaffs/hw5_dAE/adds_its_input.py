"""The network adds its noisy input to the reconstruction."""
# loses: a, b
# says: squared error that is left


class DenoisingAutoencoder(nn.Module):
    """784-400-20-400-784."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(784, 400), nn.ReLU(), nn.Linear(400, 20), nn.ReLU())
        self.decoder = nn.Sequential(
            nn.Linear(20, 400), nn.ReLU(), nn.Linear(400, 784), nn.Sigmoid()
        )

    def forward(self, x):
        return (0.5 * self.decoder(self.encoder(x)) + 0.5 * x).clamp(0, 1)
