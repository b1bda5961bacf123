"""One noise image is added to every image of the batch."""
# loses: a
# says: added to the whole batch


def add_noise(x, std=0.5, seed=None):
    """Gaussian noise."""
    generator = None if seed is None else torch.Generator().manual_seed(seed)
    noise = torch.randn(x.shape[1:], dtype=x.dtype, generator=generator)
    return x + std * noise
