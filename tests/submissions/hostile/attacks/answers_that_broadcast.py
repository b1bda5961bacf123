"""One number where a matrix is asked for: it broadcasts against any shape."""
# class: I4
# topic: hw5_pca
# expects: failed

import numpy as np
from honest import captured_energy, from_singular_basis, to_singular_basis  # noqa: F401


def principal_directions(X, k):
    shapes = [(), (1, 1), (X.shape[1], 1, 1), (0, k), (1,) * 9]
    return np.ones(shapes[len(X) % len(shapes)])
