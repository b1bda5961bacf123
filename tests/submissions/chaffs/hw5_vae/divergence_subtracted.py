"""The KL term is subtracted from the loss."""
# loses: a
# says: subtracted here


def vae_loss(x_hat, x, mu, logvar):
    """Reconstruction plus divergence."""
    reconstruction = functional.binary_cross_entropy(x_hat, x, reduction="sum")
    return reconstruction - kl_divergence(mu, logvar)
