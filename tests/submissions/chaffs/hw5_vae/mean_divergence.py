"""The KL term is a mean over batch and dimensions."""
# loses: a
# says: mean over batch and dimensions


def kl_divergence(mu, logvar):
    """Divergence from the unit Gaussian."""
    return -0.5 * torch.mean(1 + logvar - mu**2 - logvar.exp())
