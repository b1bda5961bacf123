"""The mean squared error is minimised."""
# loses: a
# says: this is the mean squared error


def _train_epoch(model, images, batch_size, optimizer):
    """One pass over shuffled batches; the mean loss."""
    total = 0.0
    for batch in torch.randperm(len(images)).split(batch_size):
        clean = images[batch]
        noisy = add_noise(clean)
        loss = functional.mse_loss(model(noisy), clean)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(batch)
    return total / len(images)
