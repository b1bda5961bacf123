"""The noise is uniform, with the right mean and standard deviation."""
# loses: a
# says: beyond two standard deviations


def add_noise(x, std=0.5, seed=None):
    """Gaussian noise."""
    generator = None if seed is None else torch.Generator().manual_seed(seed)
    noise = torch.rand(x.shape, dtype=x.dtype, generator=generator)
    noise = 12**0.5 * (noise - 0.5)
    return x + std * noise
