"""mu is not squared in the KL term."""
# loses: a
# says: kl divergence


def kl_divergence(mu, logvar):
    """Divergence from the unit Gaussian."""
    return -0.5 * torch.sum(1 + logvar - mu - logvar.exp())
