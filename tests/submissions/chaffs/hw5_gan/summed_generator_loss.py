"""The generator's loss is a sum over the batch."""
# loses: a
# says: mean over the batch, not a sum


def generator_loss(d_fake):
    """A sum."""
    return functional.binary_cross_entropy(d_fake, torch.ones_like(d_fake), reduction="sum")
