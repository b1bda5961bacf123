"""Multiplies V by D^T, which has no legal shape unless k = d."""
# loses: a
# says: matmul


def to_singular_basis(X, D):
    return _right_factor(X) @ D.T
