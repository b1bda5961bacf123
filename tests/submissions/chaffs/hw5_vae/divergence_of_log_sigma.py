"""The formula takes logvar as the log of the standard deviation."""
# loses: a
# says: not of the standard deviation


def kl_divergence(mu, logvar):
    """Divergence from the unit Gaussian."""
    return -0.5 * torch.sum(1 + 2 * logvar - mu**2 - (2 * logvar).exp())
