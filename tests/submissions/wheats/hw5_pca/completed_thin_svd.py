"""Takes the thin SVD and completes its V to a square matrix with a QR decomposition."""

import numpy as np


def _square_v(X):
    d = X.shape[1]
    _, _, thin = np.linalg.svd(X, full_matrices=False)
    known = thin.T
    rank = known.shape[1]
    # The first columns of Q span the known ones, the others are orthogonal to them.
    q, _ = np.linalg.qr(np.concatenate([known, np.eye(d)], axis=1))
    return np.concatenate([known, q[:, rank:d]], axis=1)


def captured_energy(X, D):
    return np.linalg.norm(X.dot(D), "fro") ** 2


def to_singular_basis(X, D):
    return np.dot(_square_v(X).T, D)


def from_singular_basis(X, E):
    return np.dot(_square_v(X), E)


def principal_directions(X, k):
    return np.take(_square_v(X), range(k), axis=1)
