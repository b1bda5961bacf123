"""PCA through the symmetric eigenproblem of X^T X instead of an SVD."""

import numpy as np


def right_basis(X):
    # eigh sorts its eigenvalues increasing, singular values decrease
    values, vectors = np.linalg.eigh(X.T @ X)
    return vectors[:, ::-1]


def captured_energy(X, D):
    return np.trace(D.T @ X.T @ X @ D)


def to_singular_basis(X, D):
    return right_basis(X).T @ D


def from_singular_basis(X, E):
    return right_basis(X) @ E


def principal_directions(X, k):
    return right_basis(X)[:, :k]
