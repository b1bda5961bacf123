"""The generator's loss labels its fakes 0."""
# loses: a
# says: carry the label 0


def generator_loss(d_fake):
    """Label 0."""
    return functional.binary_cross_entropy(d_fake, torch.zeros_like(d_fake))
