"""Gradients are never cleared."""
# loses: a
# says: are old gradients cleared


def _train_epoch(model, images, batch_size, optimizer):
    """One pass over shuffled batches; the mean loss."""
    total = 0.0
    for batch in torch.randperm(len(images)).split(batch_size):
        clean = images[batch]
        noisy = add_noise(clean)
        loss = functional.binary_cross_entropy(model(noisy), clean)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(batch)
    return total / len(images)
