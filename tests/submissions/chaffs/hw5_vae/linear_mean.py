"""mu is not squared in the KL term."""
# loses: a
# says: mu is squared in the sum


def kl_divergence(mu, logvar):
    """Divergence from the unit Gaussian."""
    return -0.5 * torch.sum(1 + logvar - mu - logvar.exp())
