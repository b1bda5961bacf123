"""HW5 P1: only facts that hold for every choice of the singular vectors are judged.

Both maps are judged by the Gram law: with X = U S V^T and E = V^T D, the k x k matrices
(X D)^T (X D) and (S E)^T (S E) are equal, whatever signs and bases the factors were given.
"""

from dataclasses import dataclass

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from grader.checks.support.compare import Tolerance, agree, as_array, as_float, at_least, holds
from grader.checks.support.policies import test_allowed_imports as test_allowed_imports
from grader.checks.support.policies import test_calls as test_calls
from grader.checks.support.policies import test_comments as test_comments
from grader.checks.support.policies import test_pep8 as test_pep8
from grader.checks.support.purity import unchanged
from grader.checks.support.strategies import seeds
from grader.engine.proxy import SubmissionProxy

ROUNDING = "float64 sums of at most 36 products, and an SVD or a symmetric eigensolver of X^T X"
KINDS = ("generic", "rank-deficient", "zero", "tied")


@dataclass(frozen=True)
class Case:
    """Data X (n, d) and orthonormal directions D (d, k)."""

    X: np.ndarray
    D: np.ndarray

    @property
    def spectrum(self) -> np.ndarray:
        """The d squared singular values, largest first; zeros where n < d."""
        n, d = self.X.shape
        values = np.linalg.svd(self.X, compute_uv=False) ** 2
        return np.concatenate([values, np.zeros(d - min(n, d))])

    @property
    def padded(self) -> np.ndarray:
        """The (n, d) matrix of singular values of the full SVD."""
        matrix = np.zeros(self.X.shape)
        np.fill_diagonal(matrix, np.sqrt(self.spectrum))
        return matrix

    def tolerance(self) -> Tolerance:
        """For quantities in the squared unit of X: relative to the largest energy."""
        return Tolerance(1e-9, 1e-9 * max(1.0, float(self.spectrum[0])), ROUNDING)


UNITLESS = Tolerance(1e-9, 1e-9, ROUNDING)


@st.composite
def cases(draw: st.DrawFn, kinds: tuple[str, ...] = KINDS) -> Case:
    """Wide, tall and square X of one decimal, k from 1 to d: `Case(X=[[1.3]], D=[[-1.0]])`."""
    n, d = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    k = draw(st.integers(1, d))
    kind = draw(st.sampled_from(kinds))
    rng = np.random.default_rng(draw(seeds(999)))
    # An offset of the columns tells data that were centred on the way from data that were not.
    X = np.round(rng.normal(rng.integers(-1, 2, d), 1.5, (n, d)), 1)
    if kind == "rank-deficient":
        X = np.outer(np.round(rng.normal(0, 2, n)), np.round(rng.normal(0, 2, d)))
    elif kind == "zero":
        X = np.zeros((n, d))
    elif kind == "tied":
        X = rng.choice([0.0, 2.0]) * np.eye(n, d)
        X[0, 0] = 3.0
    return Case(X, orthonormal(rng, d, k))


def orthonormal(rng: np.random.Generator, d: int, k: int) -> np.ndarray:
    """A random (d, k) matrix with orthonormal columns."""
    frame: np.ndarray = np.linalg.qr(rng.normal(size=(d, k)))[0]
    return frame


def must_be_orthonormal(frame: np.ndarray, name: str) -> None:
    """The k columns have length 1 and right angles between them."""
    gram = frame.T @ frame
    agree(
        gram,
        np.eye(frame.shape[1]),
        UNITLESS,
        law=f"the columns of {name} must stay orthonormal: its Gram matrix is the identity",
        mistakes={
            "the columns are not of length 1: nothing is multiplied by the singular values": (
                np.diag(np.diag(gram))
            )
        },
        otherwise="the columns are not at right angles",
    )


def must_be_singular_basis(case: Case, D: np.ndarray, E: np.ndarray, law: str) -> None:
    """E are the directions D in the singular basis: equal Gram matrices, hence equal energy."""
    must_be_orthonormal(D, "D")
    must_be_orthonormal(E, "E")
    V = np.linalg.svd(case.X)[2].T

    def gram(matrix: np.ndarray) -> np.ndarray:
        product: np.ndarray = matrix.T @ matrix
        return product

    agree(
        gram(case.padded @ E),
        gram(case.X @ D),
        case.tolerance(),
        law=law,
        mistakes={
            "this is V D: numpy's svd returns V^T, so check which factor was transposed": gram(
                case.padded @ V @ D
            ),
            "the directions came back unchanged: they were not expressed in the singular basis": (
                gram(case.padded @ D)
            ),
            "the singular values must be in decreasing order (eigh returns them increasing)": gram(
                case.padded @ V.T[::-1] @ D
            ),
        },
    )


def shaped(value: object, shape: tuple[int, ...], what: str) -> np.ndarray:
    """The array of that shape; a wrong shape is explained by the usual cause."""
    got = as_array(value, what=what)
    holds(
        got.shape == shape,
        law=f"{what} has the wrong shape: V is the full d x d right factor of the SVD, so (d, k)"
        " goes in and (d, k) comes out",
        got=got.shape,
        expected=shape,
        hint="the thin SVD (full_matrices=False) is not enough where n < d",
    )
    return got


def directions_of(value: object, case: Case) -> np.ndarray:
    """k orthonormal columns; a wrong shape is explained by the usual causes."""
    got = as_array(value, what="principal_directions(X, k)")
    d, k = case.D.shape
    hint = None
    if got.shape == (k, d):
        hint = "these are rows: the directions are the columns"
    elif got.ndim == 2 and len(got) == d and got.shape[1] < k:
        hint = "k columns are asked for, also where X has a smaller rank: the full V has them"
    holds(
        got.shape == (d, k),
        law="principal_directions(X, k) has the wrong shape: k directions of d numbers, as columns",
        got=f"shape {got.shape}",
        expected=f"shape {(d, k)}",
        hint=hint,
    )
    must_be_orthonormal(got, "principal_directions(X, k)")
    return got


@given(case=cases())
def test_to_singular_basis_is_the_rotation(submission: SubmissionProxy, case: Case) -> None:
    E, after = submission.observe("to_singular_basis", case.X, case.D)
    E = shaped(E, case.D.shape, "to_singular_basis(X, D)")
    must_be_singular_basis(
        case, case.D, E, "for E = V^T D the matrices (S E)^T (S E) and (X D)^T (X D) are equal"
    )
    unchanged("to_singular_basis", after, case.X, case.D)


@given(case=cases())
def test_from_singular_basis_is_the_rotation(submission: SubmissionProxy, case: Case) -> None:
    D, after = submission.observe("from_singular_basis", case.X, case.D)
    D = shaped(D, case.D.shape, "from_singular_basis(X, E)")
    must_be_singular_basis(
        case, D, case.D, "for D = V E the matrices (X D)^T (X D) and (S E)^T (S E) are equal"
    )
    unchanged("from_singular_basis", after, case.X, case.D)


@given(case=cases())
def test_maps_invert_each_other(submission: SubmissionProxy, case: Case) -> None:
    X, D = case.X, case.D
    E = shaped(submission.to_singular_basis(X, D), D.shape, "to_singular_basis(X, D)")
    must_be_orthonormal(E, "V^T D")
    back = shaped(submission.from_singular_basis(X, E), D.shape, "from_singular_basis(X, V^T D)")
    agree(back, D, UNITLESS, law="V (V^T D) must give D back: S1 is contained in S2")
    out = shaped(submission.from_singular_basis(X, D), D.shape, "from_singular_basis(X, E)")
    again = shaped(submission.to_singular_basis(X, out), D.shape, "to_singular_basis(X, V E)")
    agree(again, D, UNITLESS, law="V^T (V E) must give E back: S2 is contained in S1")
    # Two maps that do nothing invert each other too.
    must_be_singular_basis(
        case, D, E, "the maps must go to the singular basis: (S E)^T (S E) = (X D)^T (X D)"
    )


@given(case=cases())
def test_energy_is_the_squared_norm(submission: SubmissionProxy, case: Case) -> None:
    X, D = case.X, case.D
    value, after = submission.observe("captured_energy", X, D)
    centred = X - X.mean(axis=0)
    agree(
        as_float(value, "captured_energy(X, D)"),
        float(np.sum((X @ D) ** 2)),
        case.tolerance(),
        law="the captured energy is the squared Frobenius norm of X D",
        mistakes={
            "the norm is not squared": float(np.linalg.norm(X @ D)),
            "this is |S D|^2: D is not in the singular basis, V^T D is": float(
                np.sum((case.padded @ D) ** 2)
            ),
            "the data were centred: this problem has no mean": float(np.sum((centred @ D) ** 2)),
            "the Frobenius norm sums the squares of all entries; this is the spectral norm": float(
                np.linalg.norm(X @ D, 2) ** 2
            ),
            "a sum is asked for; this was divided by the number of examples": float(
                np.sum((X @ D) ** 2) / len(X)
            ),
            "this was divided by n - 1, a variance": float(
                np.sum((X @ D) ** 2) / max(len(X) - 1, 1)
            ),
        },
    )
    unchanged("captured_energy", after, X, D)


@given(case=cases())
def test_rotation_keeps_the_energy(submission: SubmissionProxy, case: Case) -> None:
    X, D, S = case.X, case.D, case.padded
    E = shaped(submission.to_singular_basis(X, D), D.shape, "to_singular_basis(X, D)")
    before = as_float(submission.captured_energy(X, D), "captured_energy(X, D)")
    after = as_float(submission.captured_energy(S, E), "captured_energy(S, V^T D)")
    law = "the energy is the same before and after the rotation: |X D|^2 = |S V^T D|^2"
    agree(after, before, case.tolerance(), law=law)
    agree(before, float(np.sum((X @ D) ** 2)), case.tolerance(), law="|X D|^2 is the energy")


@given(case=cases(), rival=seeds(999))
def test_directions_capture_the_most(submission: SubmissionProxy, case: Case, rival: int) -> None:
    X, (d, k) = case.X, case.D.shape
    value, after = submission.observe("principal_directions", X, k)
    directions = directions_of(value, case)
    found = float(np.sum((X @ directions) ** 2))
    agree(
        found,
        float(np.sum(case.spectrum[:k])),
        case.tolerance(),
        law="the k directions of largest energy capture the sum of the k largest squared singular"
        " values of X (a frame was found that captures more)",
        mistakes=_other_choices(case, k),
    )
    other = orthonormal(np.random.default_rng(rival), d, k)
    at_least(
        found + case.tolerance().atol,
        float(np.sum((X @ other) ** 2)),
        law="no other orthonormal frame captures more energy",
    )
    unchanged("principal_directions", after, X, k)


@given(case=cases(kinds=("generic", "rank-deficient")))
def test_directions_span_the_top_subspace(submission: SubmissionProxy, case: Case) -> None:
    X, k = case.X, case.D.shape[1]
    got = directions_of(submission.principal_directions(X, k), case)
    energies = np.append(case.spectrum, 0.0)
    agree(
        float(np.sum((X @ got) ** 2)),
        float(np.sum(case.spectrum[:k])),
        case.tolerance(),
        law="the directions must capture the k largest squared singular values of X",
    )
    gap = float(energies[k - 1] - energies[k])
    if gap < 1e-2 * max(1.0, float(energies[0])):
        return  # a tie: the subspace is not determined, the energy above says it all
    top = np.linalg.svd(X)[2][:k].T
    agree(
        got @ got.T,
        top @ top.T,
        # A perturbation of X^T X turns its eigenspace by its size over the gap (Davis-Kahan).
        Tolerance(1e-9, 1e-10 * float(energies[0]) / gap, "1e-10, relative to the spectral gap"),
        law="the projector D D^T must be the one onto the top-k right singular subspace",
        mistakes={"this is the subspace of the centred data": _projector(X - X.mean(axis=0), k)},
    )


def _projector(X: np.ndarray, k: int) -> np.ndarray:
    top = np.linalg.svd(X)[2][:k].T
    projector: np.ndarray = top @ top.T
    return projector


def _other_choices(case: Case, k: int) -> dict[str, float]:
    def energy(basis: np.ndarray) -> float:
        return float(np.sum((case.X @ basis) ** 2))

    V = np.linalg.svd(case.X)[2].T
    centred = np.linalg.svd(case.X - case.X.mean(axis=0))[2].T
    largest = np.argsort(-np.sum(case.X**2, axis=0))[:k]
    return {
        "these are the directions of the smallest energy: eigh sorts increasing": energy(V[:, -k:]),
        "the data were centred: this problem has no mean": energy(centred[:, :k]),
        "these are rows of V; the directions are its columns (numpy returns V^T)": energy(
            V.T[:, :k]
        ),
        "these are the features of largest norm, not combinations of them": energy(
            np.eye(len(V))[:, largest]
        ),
    }
