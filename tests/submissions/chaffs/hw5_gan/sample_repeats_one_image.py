"""All samples are the same image."""
# loses: b
# says: differ from each other


@torch.no_grad()
def sample(generator, n, seed=0):
    """Draw images."""
    z = torch.randn(1, generator.z_dim, generator=torch.Generator().manual_seed(seed))
    return (generator(z).reshape(1, 28, 28).repeat(n, 1, 1) + 1) / 2
