"""Training minimises and reports the reconstruction alone."""
# loses: a
# says: not in these losses


def _train_epoch(model, images, batch_size, optimizer):
    """One pass over shuffled batches; the mean loss per image."""
    total = 0.0
    for batch in torch.randperm(len(images)).split(batch_size):
        x = images[batch]
        x_hat, mu, logvar = model(x)
        loss = functional.binary_cross_entropy(x_hat, x, reduction="sum")
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
    return total / len(images)
