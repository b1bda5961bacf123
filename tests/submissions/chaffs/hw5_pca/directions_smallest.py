"""Takes the last columns of V, where the energy is smallest."""
# loses: b
# says: smallest energy


def principal_directions(X, k):
    return _right_factor(X)[:, -k:]
