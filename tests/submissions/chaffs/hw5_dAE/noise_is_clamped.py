"""The noisy image is cut to [0, 1]."""
# loses: a
# says: are not clamped to [0, 1]


def add_noise(x, std=0.5, seed=None):
    """Gaussian noise."""
    generator = None if seed is None else torch.Generator().manual_seed(seed)
    noise = torch.randn(x.shape, dtype=x.dtype, generator=generator)
    return (x + std * noise).clamp(0, 1)
