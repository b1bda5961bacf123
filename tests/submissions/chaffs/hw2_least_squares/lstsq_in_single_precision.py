"""The data are cast to float32 on the way."""
# loses: b
# says: kept as float32

import numpy as np


def lstsq_fit(X, y):
    A = _design(X).astype(np.float32)
    return np.linalg.lstsq(A, y.astype(np.float32), rcond=None)[0].astype(np.float64)
