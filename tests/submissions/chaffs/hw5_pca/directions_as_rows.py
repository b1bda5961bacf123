"""Returns the directions as rows (k, d), as scikit-learn does."""
# loses: b
# says: these are rows


def principal_directions(X, k):
    return _right_factor(X).T[:k]
