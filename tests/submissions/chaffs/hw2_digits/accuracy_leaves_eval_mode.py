"""The model is left in evaluation mode."""
# loses: c
# says: training mode changed


def accuracy(model, X, y):
    model.eval()
    with torch.no_grad():
        predicted = model(X).argmax(dim=1)
    return (predicted == y).double().mean().item()
