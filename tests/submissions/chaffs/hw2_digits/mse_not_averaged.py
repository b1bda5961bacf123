"""The squared error is summed over the examples, not averaged."""
# loses: a
# says: not divided by m


def mse_loss(y_pred, y):
    return ((y_pred - y) ** 2).sum()
