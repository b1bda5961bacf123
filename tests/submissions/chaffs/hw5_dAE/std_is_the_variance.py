"""`std` is taken as the variance of the noise."""
# loses: a
# says: not the variance


def add_noise(x, std=0.5, seed=None):
    """Gaussian noise."""
    generator = None if seed is None else torch.Generator().manual_seed(seed)
    noise = torch.randn(x.shape, dtype=x.dtype, generator=generator)
    return x + std**0.5 * noise
