"""The loss is the reconstruction alone."""
# loses: a
# says: is missing


def vae_loss(x_hat, x, mu, logvar):
    """Reconstruction plus divergence."""
    reconstruction = functional.binary_cross_entropy(x_hat, x, reduction="sum")
    return reconstruction
