"""Linear_Model has no bias."""
# loses: b
# says: a bias is missing


class Linear_Model(nn.Module):
    def __init__(self, num_features=64, num_classes=10):
        super().__init__()
        self.linear = nn.Linear(num_features, num_classes, bias=False)

    def forward(self, X):
        return self.linear(X)


def _as_module(W, b):
    model = nn.Linear(W.shape[1], W.shape[0])
    with torch.no_grad():
        model.weight.copy_(W)
        model.bias.copy_(b)
    return model
