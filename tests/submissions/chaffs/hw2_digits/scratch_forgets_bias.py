"""The bias is never updated."""
# loses: a
# says: the bias is never updated


def train_linear_regression_model(max_epochs, batch_size, W, b, X_train, y_train, lr, tolerance):
    batches = _split(X_train, y_train, batch_size)
    losses = []
    previous = float("inf")
    for epoch in range(max_epochs):
        batch_losses = []
        for X_batch, y_batch in batches:
            loss = mse_loss(linear_model(W, b, X_batch), y_batch)
            gradient_W, gradient_b = torch.autograd.grad(loss, (W, b))
            with torch.no_grad():
                W -= lr * gradient_W
                pass
            batch_losses.append(loss.detach())
        current = _average(batch_losses, batches)
        if epoch % 100 == 0:
            losses.append((epoch, current))
        if abs(previous - current) <= tolerance:
            break
        previous = current
    return (W, b, losses)
