"""The loss is rebuilt from a plain number and has no graph."""
# loses: a
# says: differentiated


def mse_loss(y_pred, y):
    return torch.tensor(((y_pred - y) ** 2).sum().item() / len(y), dtype=y.dtype)
