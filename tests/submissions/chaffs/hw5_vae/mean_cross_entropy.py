"""The cross entropy is a mean over the pixels, the KL term a sum."""
# loses: a
# says: mean over the pixels


def vae_loss(x_hat, x, mu, logvar):
    """Reconstruction plus divergence."""
    reconstruction = functional.binary_cross_entropy(x_hat, x)
    return reconstruction + kl_divergence(mu, logvar)
