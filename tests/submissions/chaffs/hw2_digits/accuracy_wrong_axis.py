"""The largest output is looked for over the examples, not over the classes."""
# loses: c
# says: accuracy


def accuracy(model, X, y):
    with torch.no_grad():
        predicted = model(X).argmax(dim=0)
    right = sum(int(a == b) for a, b in zip(predicted, y))
    return right / len(y)
