"""The noise has a standard deviation of 1 when it is not told otherwise."""
# loses: a
# says: the default of 0.5 holds


def add_noise(x, std=1.0, seed=None):
    """Gaussian noise."""
    generator = None if seed is None else torch.Generator().manual_seed(seed)
    noise = torch.randn(x.shape, dtype=x.dtype, generator=generator)
    return x + std * noise
