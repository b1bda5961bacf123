"""The loss of an epoch is divided by the number of images once too often."""
# loses: a
# says: divide by the batches


def _train_epoch(model, images, batch_size, optimizer):
    """One pass over shuffled batches; the mean loss."""
    total = 0.0
    for batch in torch.randperm(len(images)).split(batch_size):
        clean = images[batch]
        noisy = add_noise(clean)
        loss = functional.binary_cross_entropy(model(noisy), clean)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
    return total / len(images)
