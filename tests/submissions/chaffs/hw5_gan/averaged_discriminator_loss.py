"""The discriminator's loss is the average of its two halves."""
# loses: a
# says: average of the two halves


def discriminator_loss(d_real, d_fake):
    """Two halves."""
    real = functional.binary_cross_entropy(d_real, torch.ones_like(d_real))
    fake = functional.binary_cross_entropy(d_fake, torch.zeros_like(d_fake))
    return (real + fake) / 2
