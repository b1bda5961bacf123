"""ReLU where the figure has LeakyReLU(0.2)."""
# loses: a
# says: this is relu


class Generator(nn.Module):
    """z_dim-256-512-784."""

    def __init__(self, z_dim: int = 128) -> None:
        super().__init__()
        self.z_dim = z_dim
        self.layers = nn.Sequential(
            nn.Linear(z_dim, 256),
            nn.ReLU(),
            nn.Linear(256, 512),
            nn.ReLU(),
            nn.Linear(512, 784),
            nn.Tanh(),
        )

    def forward(self, z):
        return self.layers(z)
