"""Returns the Frobenius norm of X D, not its square."""
# loses: b
# says: not squared

import numpy as np


def captured_energy(X, D):
    return np.linalg.norm(X @ D)
