"""The noise is added to the caller's images."""
# loses: a
# says: leaves its input as it was


def add_noise(x, std=0.5, seed=None):
    """Gaussian noise."""
    generator = None if seed is None else torch.Generator().manual_seed(seed)
    noise = torch.randn(x.shape, dtype=x.dtype, generator=generator)
    return x.add_(std * noise)
