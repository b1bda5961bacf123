"""The noise is torch.rand's, from 0 to 1."""
# loses: a
# says: torch.randn has mean 0


def add_noise(x, std=0.5, seed=None):
    """Gaussian noise."""
    generator = None if seed is None else torch.Generator().manual_seed(seed)
    noise = torch.rand(x.shape, dtype=x.dtype, generator=generator)
    return x + std * noise
