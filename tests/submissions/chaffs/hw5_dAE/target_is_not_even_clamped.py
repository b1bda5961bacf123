"""The target is the noisy image, whose pixels leave [0, 1]."""
# loses: a
# says: raised runtimeerror


def _train_epoch(model, images, batch_size, optimizer):
    """One pass over shuffled batches; the mean loss."""
    total = 0.0
    for batch in torch.randperm(len(images)).split(batch_size):
        clean = images[batch]
        noisy = add_noise(clean)
        loss = functional.binary_cross_entropy(model(noisy), noisy)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(batch)
    return total / len(images)
