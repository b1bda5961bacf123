"""The samples stay in [-1, 1]."""
# loses: b
# says: add 1 and halve


@torch.no_grad()
def sample(generator, n, seed=0):
    """Draw images."""
    z = torch.randn(n, generator.z_dim, generator=torch.Generator().manual_seed(seed))
    return generator(z).reshape(n, 28, 28)
