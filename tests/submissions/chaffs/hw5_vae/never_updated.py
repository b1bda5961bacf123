"""The optimiser never steps."""
# loses: a
# says: loss falls


def _train_epoch(model, images, batch_size, optimizer):
    """One pass over shuffled batches; the mean loss per image."""
    total = 0.0
    for batch in torch.randperm(len(images)).split(batch_size):
        x = images[batch]
        x_hat, mu, logvar = model(x)
        loss = vae_loss(x_hat, x, mu, logvar)
        optimizer.zero_grad()
        loss.backward()
        total += loss.item()
    return total / len(images)
