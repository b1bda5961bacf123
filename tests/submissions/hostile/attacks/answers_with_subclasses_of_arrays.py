"""Directions as a matrix, a masked array and a subclass whose operators agree with everything."""
# class: I2
# topic: hw5_pca
# expects: failed

import numpy as np
from honest import captured_energy, from_singular_basis, to_singular_basis  # noqa: F401
from honest import principal_directions as wrong


class Agreeing(np.ndarray):
    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        return np.True_

    def __array_function__(self, function, types, args, kwargs):
        return np.True_

    def __eq__(self, other):
        return np.True_


def principal_directions(X, k):
    plain = wrong(X, k)
    kinds = [plain.view(Agreeing), np.ma.masked_all_like(plain), np.asmatrix(plain)]
    return kinds[len(X) % 3]
