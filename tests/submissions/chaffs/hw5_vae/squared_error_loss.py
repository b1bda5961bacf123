"""The reconstruction is judged by the squared error."""
# loses: a
# says: squared error for the cross entropy


def vae_loss(x_hat, x, mu, logvar):
    """Reconstruction plus divergence."""
    reconstruction = functional.mse_loss(x_hat, x, reduction="sum")
    return reconstruction + kl_divergence(mu, logvar)
