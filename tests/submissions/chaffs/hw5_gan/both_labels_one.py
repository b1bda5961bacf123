"""The discriminator is told that fakes are real, too."""
# loses: a
# says: labelled as real


def discriminator_loss(d_real, d_fake):
    """Two halves."""
    real = functional.binary_cross_entropy(d_real, torch.ones_like(d_real))
    fake = functional.binary_cross_entropy(d_fake, torch.ones_like(d_fake))
    return real + fake
