"""A table of the three ways; the adjugate of the 3 x 3 matrix; fitted values marked in the plot."""

import matplotlib.pyplot as plt
import numpy as np

SOLVERS = {
    "normal": lambda A, y: np.linalg.inv(A.T @ A) @ (A.T @ y),
    "pinv": lambda A, y: np.linalg.pinv(A) @ y,
    "lstsq": lambda A, y: np.linalg.lstsq(A, y, rcond=None)[0],
}


def fit(X, y, method):
    A = np.hstack([np.ones((X.shape[0], 1)), X])
    return SOLVERS[method](A, y)


def quadratic_fit(x, y):
    A = np.vander(x, 3)
    p, q, r = A.T @ A
    # the inverse is the adjugate over the determinant
    adjugate = np.array([np.cross(q, r), np.cross(r, p), np.cross(p, q)]).T
    return adjugate @ (A.T @ y) / np.dot(p, np.cross(q, r))


def normal_equation(X, y):
    return fit(X, y, "normal")


def pinv_fit(X, y):
    return fit(X, y, method="pinv")


def lstsq_fit(X, y):
    return fit(X, y, method="lstsq")


def predict(X, beta):
    return np.polynomial.polynomial.polyval(0.0, beta[:1]) + np.inner(X, beta[1:])


def my_func_fit(X, y):
    line = np.polynomial.Polynomial.fit(np.log(X), np.log(y), 1)
    # the slope between two places of the line
    slope = line(1.0) - line(0.0)
    return np.exp(line(0.0)), slope


def my_lin_regression(f, X, y):
    Q, R = np.linalg.qr(np.column_stack([g(X) for g in f]))
    return np.linalg.inv(R) @ Q.T @ y


def regression_plot(f, X, y, beta):
    fig, ax = plt.subplots()
    ax.axhline(0, color="black", linewidth=0.5)
    order = np.argsort(X)
    fitted = np.column_stack([g(X) for g in f]) @ beta
    ax.plot(X[order], fitted[order], "-", label="fit")
    ax.plot(X[order], fitted[order], "k.", label="fitted values")
    ax.scatter(X, y, label="data")
    ax.legend(loc="best")
    return ax
