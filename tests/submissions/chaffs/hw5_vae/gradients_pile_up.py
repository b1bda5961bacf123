"""Gradients are never cleared."""
# loses: a
# says: are old gradients cleared


def _train_epoch(model, images, batch_size, optimizer):
    """One pass over shuffled batches; the mean loss per image."""
    total = 0.0
    for batch in torch.randperm(len(images)).split(batch_size):
        x = images[batch]
        x_hat, mu, logvar = model(x)
        loss = vae_loss(x_hat, x, mu, logvar)
        loss.backward()
        optimizer.step()
        total += loss.item()
    return total / len(images)
