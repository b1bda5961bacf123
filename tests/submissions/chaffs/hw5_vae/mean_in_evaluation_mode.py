"""reparameterize returns mu when the model is in evaluation mode."""
# loses: a
# says: drawn in evaluation mode too


class VAE(nn.Module):
    """784-400-(z_dim, z_dim) and z_dim-400-784."""

    def __init__(self, z_dim: int = 20) -> None:
        super().__init__()
        self.z_dim = z_dim
        self.hidden = nn.Linear(784, 400)
        self.mu = nn.Linear(400, z_dim)
        self.logvar = nn.Linear(400, z_dim)
        self.decoder = nn.Sequential(
            nn.Linear(z_dim, 400), nn.ReLU(), nn.Linear(400, 784), nn.Sigmoid()
        )

    def encode(self, x):
        h = functional.relu(self.hidden(x))
        return self.mu(h), self.logvar(h)

    def reparameterize(self, mu, logvar):
        if not self.training:
            return mu
        return mu + torch.exp(logvar / 2) * torch.randn_like(mu)

    def decode(self, z):
        return self.decoder(z)

    def forward(self, x):
        mu, logvar = self.encode(x)
        return self.decode(self.reparameterize(mu, logvar)), mu, logvar
