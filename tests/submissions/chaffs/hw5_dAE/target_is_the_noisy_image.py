"""The model learns to reproduce the noisy image, cut to [0, 1]."""
# loses: a
# says: is the target the noisy image


def _train_epoch(model, images, batch_size, optimizer):
    """One pass over shuffled batches; the mean loss."""
    total = 0.0
    for batch in torch.randperm(len(images)).split(batch_size):
        clean = images[batch]
        noisy = add_noise(clean)
        loss = functional.binary_cross_entropy(model(noisy), noisy.clamp(0, 1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(batch)
    return total / len(images)
