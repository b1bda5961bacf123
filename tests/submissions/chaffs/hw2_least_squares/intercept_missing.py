"""The column of ones is forgotten."""
# loses: b
# says: column of ones

def _design(X):
    return X
