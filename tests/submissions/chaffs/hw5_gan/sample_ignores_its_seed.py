"""The samples come from the global generator."""
# loses: b
# says: sample with the same seed


@torch.no_grad()
def sample(generator, n, seed=0):
    """Draw images."""
    z = torch.randn(n, generator.z_dim)
    return (generator(z).reshape(n, 28, 28) + 1) / 2
