"""The bias is not added."""
# loses: a
# says: the bias is not added


def linear_model(W, b, XT):
    return XT @ W.T
