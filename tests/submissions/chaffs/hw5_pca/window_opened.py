"""Draws the directions and opens a window for them."""
# loses: rules
# says: must not call plt.show()

import matplotlib.pyplot as plt


def principal_directions(X, k):
    directions = _right_factor(X)[:, :k]
    plt.imshow(directions)
    plt.show()
    return directions
