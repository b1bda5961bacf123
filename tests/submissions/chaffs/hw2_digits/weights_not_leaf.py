"""The weights are scaled after requires_grad was set, so backward never fills their grad."""
# loses: a
# says: leaf tensor


def initializeWeightsAndBiases(num_classes=10, num_features=64):
    W = 0.01 * torch.randn(num_classes, num_features, requires_grad=True)
    b = 0.01 * torch.randn(num_classes, requires_grad=True)
    return W, b
