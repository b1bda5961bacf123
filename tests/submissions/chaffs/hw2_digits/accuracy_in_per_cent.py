"""The accuracy is a percentage."""
# loses: c
# says: per cent


def accuracy(model, X, y):
    with torch.no_grad():
        predicted = model(X).argmax(dim=1)
    return 100 * (predicted == y).double().mean().item()
