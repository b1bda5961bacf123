"""The right answers are counted, not divided by their number."""
# loses: c
# says: number of right answers


def accuracy(model, X, y):
    with torch.no_grad():
        predicted = model(X).argmax(dim=1)
    return float((predicted == y).sum())
