"""One class has the three ways; Cramer's rule; np.arange for the curve, residuals as sticks."""

import matplotlib.pyplot as plt
import numpy as np


def det3(a, b, c, d, e, f, g, h, i):
    return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)


def quadratic_fit(x, y):
    # the three equations of the derivation, solved by Cramer's rule
    m = len(x)
    s1, s2, s3, s4 = (np.sum(x**k) for k in (1, 2, 3, 4))
    t0, t1, t2 = np.sum(y), np.sum(x * y), np.sum(x**2 * y)
    det = det3(s4, s3, s2, s3, s2, s1, s2, s1, m)
    a = det3(t2, s3, s2, t1, s2, s1, t0, s1, m) / det
    b = det3(s4, t2, s2, s3, t1, s1, s2, t0, m) / det
    c = det3(s4, s3, t2, s3, s2, t1, s2, s1, t0) / det
    return a, b, c


class LeastSquares:
    """A design with a column of ones, and three ways to solve it."""

    def __init__(self, X, y):
        self.A = np.insert(X, 0, 1.0, axis=1)
        self.y = y

    def by_normal_equations(self):
        return np.linalg.solve(self.A.T @ self.A, self.A.T @ self.y)

    def by_pinv(self):
        return np.linalg.pinv(self.A) @ self.y

    def by_lstsq(self):
        beta, residuals, rank, singular_values = np.linalg.lstsq(self.A, self.y, rcond=None)
        return beta


def normal_equation(X, y):
    return LeastSquares(X, y).by_normal_equations()


def pinv_fit(X, y):
    return LeastSquares(X, y).by_pinv()


def lstsq_fit(X, y):
    return LeastSquares(X, y).by_lstsq()


def predict(X, beta):
    intercept, *slopes = beta
    return intercept + X @ np.array(slopes)


def my_func_fit(X, y):
    u, v = np.log10(X), np.log10(y)
    slope = np.dot(u - u.mean(), v) / np.dot(u - u.mean(), u)
    return 10 ** (v.mean() - slope * u.mean()), slope


def my_lin_regression(f, X, y):
    A = np.transpose([g(X) for g in f])
    u, s, vt = np.linalg.svd(A, full_matrices=False)
    return vt.T @ ((u.T @ y) / s)


def regression_plot(f, X, y, beta):
    def curve(x):
        return sum(b * g(x) for b, g in zip(beta, f))

    fig, ax = plt.subplots(figsize=(8, 5))
    ax.vlines(X, np.minimum(y, curve(X)), np.maximum(y, curve(X)), color="gray", lw=0.5)
    ax.scatter(X, y, s=10, label="data")
    x = np.arange(X.min(), X.max(), 0.01)
    ax.plot(x, curve(x), "r", label="fit")
    ax.legend()
    return ax
