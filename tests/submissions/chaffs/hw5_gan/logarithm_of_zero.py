"""The losses are written with bare logarithms, infinite at certainty."""
# loses: a
# says: finite


def generator_loss(d_fake):
    """Bare logarithm."""
    return -d_fake.log().mean()
