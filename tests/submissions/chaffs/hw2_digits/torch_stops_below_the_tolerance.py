"""A change of exactly the tolerance does not stop the training."""
# loses: b
# says: does not change at all


def train_torch_model(model, batch_size, criterion, max_epochs, X_train, y_train, lr, tolerance):
    batches = _split(X_train, y_train, batch_size)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, foreach=False)
    losses = []
    previous = float("inf")
    for epoch in range(max_epochs):
        batch_losses = []
        for X_batch, y_batch in batches:
            optimizer.zero_grad()
            loss = criterion(model(X_batch), y_batch)
            loss.backward()
            optimizer.step()
            batch_losses.append(loss.detach())
        current = _average(batch_losses, batches)
        if epoch % 100 == 0:
            losses.append((epoch, current))
        if abs(previous - current) < tolerance:
            break
        previous = current
    return (model, losses)
