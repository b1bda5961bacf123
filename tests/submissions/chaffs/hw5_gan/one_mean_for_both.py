"""Real and fake outputs go into one mean, so that the halves are weighted by their sizes."""
# loses: a
# says: a mean of its own


def discriminator_loss(d_real, d_fake):
    """One mean over all outputs, doubled."""
    outputs = torch.cat([d_real, d_fake])
    labels = torch.cat([torch.ones_like(d_real), torch.zeros_like(d_fake)])
    return 2 * functional.binary_cross_entropy(outputs, labels)
