"""PCA with einsum; wide data are padded with zero rows so that every V is square."""

import numpy as np


def vt(X):
    n, d = X.shape
    padded = np.vstack([X, np.zeros((max(d - n, 0), d))])
    return np.linalg.svd(padded, full_matrices=False)[2]


def captured_energy(X, D):
    projected = np.einsum("nd,dk->nk", X, D)
    return np.einsum("nk,nk->", projected, projected)


def to_singular_basis(X, D):
    return np.einsum("ed,dk->ek", vt(X), D)


def from_singular_basis(X, E):
    return np.einsum("ed,ek->dk", vt(X), E)


def principal_directions(X, k):
    # any rotation of the basis inside the subspace is as good
    basis = vt(X)[:k].T
    rotation, _ = np.linalg.qr(np.arange(k * k, dtype=float).reshape(k, k) + np.eye(k))
    return basis @ rotation
