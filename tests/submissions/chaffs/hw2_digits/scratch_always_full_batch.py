"""There is one step per epoch, on all examples, whatever the batch size."""
# loses: a
# says: the batch size is not used


def train_linear_regression_model(max_epochs, batch_size, W, b, X_train, y_train, lr, tolerance):
    batches = [(X_train, y_train)]
    losses = []
    previous = float("inf")
    for epoch in range(max_epochs):
        batch_losses = []
        for X_batch, y_batch in batches:
            loss = mse_loss(linear_model(W, b, X_batch), y_batch)
            gradient_W, gradient_b = torch.autograd.grad(loss, (W, b))
            with torch.no_grad():
                W -= lr * gradient_W
                b -= lr * gradient_b
            batch_losses.append(loss.detach())
        current = _average(batch_losses, batches)
        if epoch % 100 == 0:
            losses.append((epoch, current))
        if abs(previous - current) <= tolerance:
            break
        previous = current
    return (W, b, losses)
