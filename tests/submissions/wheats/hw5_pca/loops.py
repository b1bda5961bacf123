"""Everything element by element, the way the sums are written on the board."""

import numpy as np


def multiply(A, B):
    C = np.zeros((A.shape[0], B.shape[1]))
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            total = 0.0
            for t in range(A.shape[1]):
                total += A[i, t] * B[t, j]
            C[i, j] = total
    return C


def captured_energy(X, D):
    energy = 0.0
    for row in multiply(X, D):
        for entry in row:
            energy += entry * entry
    return energy


def to_singular_basis(X, D):
    U, s, Vt = np.linalg.svd(X)  # numpy gives V^T, and the full one by default
    return multiply(Vt, D)


def from_singular_basis(X, E):
    U, s, Vt = np.linalg.svd(X)
    V = Vt.transpose()
    return multiply(V, E)


def principal_directions(X, k):
    U, s, Vt = np.linalg.svd(X)
    directions = []
    for j in range(k):
        directions.append(Vt[j])
    return np.array(directions).T
