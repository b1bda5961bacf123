"""The starting values are zeros, not random."""
# loses: a
# says: is random


def initializeWeightsAndBiases(num_classes=10, num_features=64):
    W = torch.zeros(num_classes, num_features, requires_grad=True)
    b = torch.zeros(num_classes, requires_grad=True)
    return W, b
