"""The squared error is averaged over examples and classes, as nn.MSELoss does."""
# loses: a
# says: divided by m x classes


def mse_loss(y_pred, y):
    return ((y_pred - y) ** 2).mean()
