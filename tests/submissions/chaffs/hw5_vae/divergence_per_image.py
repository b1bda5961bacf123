"""The KL term is averaged over the batch."""
# loses: a
# says: mean over the batch, not the sum


def kl_divergence(mu, logvar):
    """Divergence from the unit Gaussian."""
    return -0.5 * torch.sum(1 + logvar - mu**2 - logvar.exp()) / len(mu)
