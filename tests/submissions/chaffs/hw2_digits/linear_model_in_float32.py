"""Everything is converted to float32 first."""
# loses: a
# says: wrong dtype


def linear_model(W, b, XT):
    return XT.float() @ W.float().T + b.float()
