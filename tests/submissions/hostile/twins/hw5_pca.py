"""The honest twin of every attack on hw5_pca: the directions are the first features."""

import numpy as np


def captured_energy(X, D):
    return float(np.sum((X @ D) ** 2))


def to_singular_basis(X, D):
    return np.linalg.svd(X)[2] @ D


def from_singular_basis(X, E):
    return np.linalg.svd(X)[2].T @ E


def principal_directions(X, k):
    return np.eye(X.shape[1])[:, :k]
