"""Claims |X D| = |S D| for every D, so the directions are not rotated at all."""
# loses: a
# says: came back unchanged


def to_singular_basis(X, D):
    return D
