"""The formula takes the second head as the standard deviation."""
# loses: a
# says: not the standard deviation


def kl_divergence(mu, logvar):
    """Divergence from the unit Gaussian."""
    return -0.5 * torch.sum(1 + (logvar**2).log() - mu**2 - logvar**2)
