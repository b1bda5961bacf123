"""An object that is another array each time it is converted."""
# class: A1
# expects: failed

import itertools

import numpy as np
from honest import uniform_log_likelihood  # noqa: F401

count = itertools.count()


class Chameleon:
    shape, dtype, ndim = (2,), np.dtype(float), 1

    def __array__(self, *args, **kwargs):
        return np.array([next(count), next(count)], dtype=float)

    def __len__(self):
        return 2

    def __iter__(self):
        return iter(self.__array__())


def uniform_mle(samples):
    if len(samples) == 0:
        raise ValueError
    return Chameleon()
