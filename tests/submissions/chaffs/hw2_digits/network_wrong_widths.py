"""The hidden layers are 16 and 32 wide."""
# loses: d
# says: layers of the figure


class NN_Model(nn.Module):
    def __init__(self, num_features=64, num_classes=10):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(num_features, 16),
            nn.ReLU(),
            nn.Linear(16, 32),
            nn.ReLU(),
            nn.Linear(32, num_classes),
        )

    def forward(self, X):
        return self.layers(X)
