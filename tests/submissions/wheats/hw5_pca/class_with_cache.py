"""Keeps the decomposition in an object, one per call."""

import numpy as np


class Svd:
    """The factors of one matrix."""

    def __init__(self, X):
        self.X = np.asarray(X, dtype=float)
        _, self.s, self.Vt = np.linalg.svd(self.X, full_matrices=True)

    @property
    def V(self):
        return self.Vt.T

    def order(self):
        # directions without a singular value come last
        values = np.zeros(len(self.Vt))
        values[: len(self.s)] = self.s
        return np.argsort(-values, kind="stable")


def captured_energy(X, D):
    XD = np.matmul(X, D)
    return np.square(XD).sum(axis=0).sum()


def to_singular_basis(X, D):
    return Svd(X).V.T @ D


def from_singular_basis(X, E):
    return Svd(X).V @ E


def principal_directions(X, k):
    svd = Svd(X)
    return svd.V[:, svd.order()[:k]]
