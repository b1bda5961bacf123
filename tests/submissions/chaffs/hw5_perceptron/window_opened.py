"""Draws the distances and opens a window for them, out of sight in a helper."""
# loses: rules
# says: must not call plt.show()

import matplotlib.pyplot as plt
import numpy as np


def margin(w, X):
    distances = np.abs(X @ w) / np.linalg.norm(w)
    picture_of(distances)
    return float(distances.min())


def picture_of(distances):
    plt.plot(distances)
    plt.show()
