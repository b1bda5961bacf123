"""vae_loss averages over the batch."""
# loses: a
# says: loss per image, not of the batch


def vae_loss(x_hat, x, mu, logvar):
    """Reconstruction plus divergence."""
    reconstruction = functional.binary_cross_entropy(x_hat, x, reduction="sum")
    return (reconstruction + kl_divergence(mu, logvar)) / len(x)
