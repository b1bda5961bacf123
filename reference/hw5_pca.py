"""HW5 P1: principal components in the singular basis"""

import numpy as np


def captured_energy(X: np.ndarray, D: np.ndarray) -> float:
    """How much of the data's energy the directions capture: the squared Frobenius norm of X D.

    Args:
        X: data, shape (n, d), float64, one example per row; used as it is, not centred.
        D: directions, shape (d, k), float64, orthonormal columns.

    Returns:
        The energy, a number >= 0 in the squared unit of X.
    """
    return float(np.sum((X @ D) ** 2))


def to_singular_basis(X: np.ndarray, D: np.ndarray) -> np.ndarray:
    """Express directions in the right singular basis of X = U S V^T (full SVD): V^T D.

    Args:
        X: data, shape (n, d), float64; wide, tall, rank-deficient and zero matrices are allowed.
        D: directions, shape (d, k), float64, orthonormal columns.

    Returns:
        The same directions in the singular basis, shape (d, k), orthonormal columns.
    """
    return _right_factor(X).T @ D


def from_singular_basis(X: np.ndarray, E: np.ndarray) -> np.ndarray:
    """Bring directions back from the right singular basis of X = U S V^T (full SVD): V E.

    Args:
        X: data, shape (n, d), float64; wide, tall, rank-deficient and zero matrices are allowed.
        E: directions in the singular basis, shape (d, k), float64, orthonormal columns.

    Returns:
        The directions in the basis of the features, shape (d, k), orthonormal columns. The inverse
        of `to_singular_basis` for the same X.
    """
    return _right_factor(X) @ E


def principal_directions(X: np.ndarray, k: int) -> np.ndarray:
    """Find k orthonormal directions that capture the most energy of X.

    Args:
        X: data, shape (n, d), float64; not centred (the problem has no mean).
        k: number of directions, 1 <= k <= d, also where k exceeds the rank of X.

    Returns:
        The directions, shape (d, k), orthonormal columns; any such basis is right.
    """
    # In the singular basis the energy is a weighted sum of the s_i^2 with weights in [0, 1] that
    # sum to k, so it is largest with all the weight on the k largest singular values.
    return _right_factor(X)[:, :k]


def _right_factor(X: np.ndarray) -> np.ndarray:
    # The thin factor is not square when n < d, and then V V^T is not the identity.
    return np.linalg.svd(X, full_matrices=True)[2].T
