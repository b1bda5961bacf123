"""An array of Python objects that compute what is asked of them."""
# class: I3
# topic: hw5_pca
# expects: failed

import numpy as np
from honest import captured_energy, from_singular_basis, to_singular_basis  # noqa: F401


class Any:
    def __getattr__(self, name):
        return lambda *args: self

    __mul__ = __rmul__ = __add__ = __radd__ = __sub__ = __rsub__ = lambda self, other: self


def principal_directions(X, k):
    return np.full((X.shape[1], k), Any())
