"""The weights are (features, classes), as the examples would multiply them."""
# loses: a
# says: wrong shape


def initializeWeightsAndBiases(num_classes=10, num_features=64):
    W = torch.randn(num_features, num_classes, requires_grad=True)
    b = torch.randn(num_classes, requires_grad=True)
    return W, b
