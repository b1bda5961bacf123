"""The latent vectors have a standard deviation of 2."""
# loses: b
# says: unit gaussian


@torch.no_grad()
def generate(model, n=16, seed=0):
    """Draw from the prior."""
    z = 2 * torch.randn(n, model.z_dim, generator=torch.Generator().manual_seed(seed))
    return model.decode(z).reshape(n, 28, 28)
