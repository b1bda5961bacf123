"""The torch models take their steps by hand, where torch.optim.SGD is asked for."""
# loses: rules
# says: must take its steps with torch.optim.SGD


def train_torch_model(model, batch_size, criterion, max_epochs, X_train, y_train, lr, tolerance):
    batches = _split(X_train, y_train, batch_size)
    losses, previous = [], float("inf")
    for epoch in range(max_epochs):
        batch_losses = []
        for X_batch, y_batch in batches:
            model.zero_grad()
            loss = criterion(model(X_batch), y_batch)
            loss.backward()
            with torch.no_grad():
                for parameter in model.parameters():
                    parameter -= lr * parameter.grad
            batch_losses.append(loss.detach())
        current = _average(batch_losses, batches)
        if epoch % 100 == 0:
            losses.append((epoch, current))
        if abs(previous - current) <= tolerance:
            break
        previous = current
    return model, losses
