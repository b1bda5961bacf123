"""The generator minimises log(1 - D), which is flat where it starts."""
# loses: a
# says: saturating


def generator_loss(d_fake):
    """The minimax loss."""
    return (1 - d_fake).clamp(min=1e-12).log().mean()
