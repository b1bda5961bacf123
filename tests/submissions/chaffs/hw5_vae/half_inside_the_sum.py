"""The brackets are set so that only the constant is halved."""
# loses: a
# says: before the whole sum


def kl_divergence(mu, logvar):
    """Divergence from the unit Gaussian."""
    return torch.sum(-0.5 - logvar + mu**2 + logvar.exp())
