"""The samples are clamped to [0, 1] instead of rescaled."""
# loses: b
# says: cut off here


@torch.no_grad()
def sample(generator, n, seed=0):
    """Draw images."""
    z = torch.randn(n, generator.z_dim, generator=torch.Generator().manual_seed(seed))
    return generator(z).reshape(n, 28, 28).clamp(0, 1)
