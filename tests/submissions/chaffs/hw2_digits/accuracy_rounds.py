"""The accuracy is rounded to two digits."""
# loses: c
# says: rounded


def accuracy(model, X, y):
    with torch.no_grad():
        predicted = model(X).argmax(dim=1)
    return round((predicted == y).double().mean().item(), 2)
