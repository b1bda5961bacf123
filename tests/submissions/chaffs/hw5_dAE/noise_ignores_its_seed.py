"""The noise comes from the global generator, whatever the seed."""
# loses: a
# says: with the same seed the noise is the same


def add_noise(x, std=0.5, seed=None):
    """Gaussian noise."""
    noise = torch.randn(x.shape, dtype=x.dtype)
    return x + std * noise
