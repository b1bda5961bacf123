"""The hidden activation is a sigmoid."""
# loses: d
# says: sigmoid, not relu


class NN_Model(nn.Module):
    def __init__(self, num_features=64, num_classes=10):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(num_features, 32),
            nn.Sigmoid(),
            nn.Linear(32, 16),
            nn.Sigmoid(),
            nn.Linear(16, num_classes),
        )

    def forward(self, X):
        return self.layers(X)
