"""The sum of an epoch's losses begins at 1."""
# loses: a
# says: falls to 0, and never below


def _train_epoch(model, images, batch_size, optimizer):
    """One pass over shuffled batches; the mean loss per image."""
    total = 1.0
    for batch in torch.randperm(len(images)).split(batch_size):
        x = images[batch]
        x_hat, mu, logvar = model(x)
        loss = vae_loss(x_hat, x, mu, logvar)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
    return total / len(images)
