"""The KL term lacks its factor 1/2."""
# loses: a
# says: factor 1/2 is missing


def kl_divergence(mu, logvar):
    """Divergence from the unit Gaussian."""
    return - torch.sum(1 + logvar - mu**2 - logvar.exp())
