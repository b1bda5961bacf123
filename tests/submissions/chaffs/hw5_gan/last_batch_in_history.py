"""The history holds the losses of the last batch of each epoch."""
# loses: a
# says: mean loss of each epoch


def _train_epoch(generator, discriminator, images, batch_size, opt_g, opt_d):
    """One pass over the images."""
    totals = torch.zeros(2, dtype=torch.float64)
    for batch in torch.randperm(len(images)).split(batch_size):
        losses = train_step(generator, discriminator, images[batch], opt_g, opt_d)
        totals = torch.tensor(losses, dtype=torch.float64)
    loss_d, loss_g = totals.tolist()
    return loss_d, loss_g
