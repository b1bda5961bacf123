"""Without a seed the noise repeats: the seed defaults to 0."""
# loses: a
# says: without a seed every call draws other noise


def add_noise(x, std=0.5, seed=0):
    """Gaussian noise."""
    generator = None if seed is None else torch.Generator().manual_seed(seed)
    noise = torch.randn(x.shape, dtype=x.dtype, generator=generator)
    return x + std * noise
