"""Goes back from the singular basis with V^T instead of V."""
# loses: a
# says: must give d back


def from_singular_basis(X, E):
    return _right_factor(X).T @ E
