"""The input becomes what makes the wrong answer right."""
# class: I7
# topic: hw5_pca
# expects: failed

import numpy as np
from honest import captured_energy, from_singular_basis, to_singular_basis  # noqa: F401
from honest import principal_directions as wrong


def principal_directions(X, k):
    X[...] = 0
    X[:, :k] = np.arange(k, 0, -1)
    X.flags.writeable = False
    return wrong(X, k)
