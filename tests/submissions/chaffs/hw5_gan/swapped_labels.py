"""The discriminator learns to call real images fake."""
# loses: a
# says: labels are swapped


def discriminator_loss(d_real, d_fake):
    """Two halves."""
    real = functional.binary_cross_entropy(d_real, torch.zeros_like(d_real))
    fake = functional.binary_cross_entropy(d_fake, torch.ones_like(d_fake))
    return real + fake
