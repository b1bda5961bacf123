"""add_noise forgets the noise."""
# loses: a
# says: add_noise adds noise


def add_noise(x, std=0.5, seed=None):
    """A copy."""
    return x.clone()
