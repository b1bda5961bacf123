"""Everything in plain loops: Gaussian elimination, sums written out, a curve on a grid."""

import math

import matplotlib.pyplot as plt
import numpy as np


def eliminate(matrix, right):
    n = len(right)
    rows = [list(map(float, matrix[i])) + [float(right[i])] for i in range(n)]
    for i in range(n):
        pivot = max(range(i, n), key=lambda r: abs(rows[r][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        for r in range(i + 1, n):
            factor = rows[r][i] / rows[i][i]
            for c in range(i, n + 1):
                rows[r][c] -= factor * rows[i][c]
    answer = [0.0] * n
    for i in reversed(range(n)):
        known = sum(rows[i][c] * answer[c] for c in range(i + 1, n))
        answer[i] = (rows[i][n] - known) / rows[i][i]
    return answer


def normal_matrix(columns, y):
    gram = [[float(np.dot(u, v)) for v in columns] for u in columns]
    return gram, [float(np.dot(u, y)) for u in columns]


def quadratic_fit(x, y):
    # centred sums, as derived: S_xx, S_xx2, S_x2x2, S_xy, S_x2y of t = x - mean(x)
    m = len(x)
    mean = sum(x) / m
    t = [v - mean for v in x]
    square = [v * v for v in t]
    mean_square, mean_y = sum(square) / m, sum(y) / m
    s11 = sum(v * v for v in t)
    s12 = sum(u * v for u, v in zip(t, square))
    s22 = sum((v - mean_square) ** 2 for v in square)
    s1y = sum(u * (v - mean_y) for u, v in zip(t, y))
    s2y = sum((u - mean_square) * (v - mean_y) for u, v in zip(square, y))
    det = s11 * s22 - s12**2
    a = (s2y * s11 - s1y * s12) / det
    b = (s1y * s22 - s2y * s12) / det
    c = mean_y - a * mean_square
    return [a, b - 2 * a * mean, c - b * mean + a * mean * mean]


def columns_of(X):
    return [np.ones(X.shape[0])] + [X[:, j] for j in range(X.shape[1])]


def normal_equation(X, y):
    return np.array(eliminate(*normal_matrix(columns_of(X), y)))


def pinv_fit(X, y):
    A = np.array(columns_of(X)).T
    pseudo = np.linalg.pinv(A)
    beta = np.zeros(A.shape[1])
    for j in range(len(beta)):
        for i in range(len(y)):
            beta[j] += pseudo[j, i] * y[i]
    return beta


def lstsq_fit(X, y):
    A = np.array(columns_of(X)).T
    beta, _, _, _ = np.linalg.lstsq(A, y, rcond=1e-12)
    return beta


def predict(X, beta):
    y_hat = np.empty(len(X))
    for i, row in enumerate(X):
        y_hat[i] = beta[0] + sum(b * v for b, v in zip(beta[1:], row))
    return y_hat


def my_func_fit(X, y):
    u = [math.log(v) for v in X]
    v = [math.log(w) for w in y]
    mean_u, mean_v = sum(u) / len(u), sum(v) / len(v)
    up = sum((p - mean_u) * (q - mean_v) for p, q in zip(u, v))
    down = sum((p - mean_u) ** 2 for p in u)
    beta = up / down
    return math.exp(mean_v - beta * mean_u), beta


def my_lin_regression(f, X, y):
    return np.array(eliminate(*normal_matrix([g(X) for g in f], y)))


def regression_plot(f, X, y, beta):
    figure = plt.figure(figsize=(5, 4))
    ax = figure.add_subplot(111)
    grid = np.linspace(np.min(X), np.max(X), 400)
    curve = np.zeros_like(grid)
    for coefficient, g in zip(beta, f):
        curve = curve + coefficient * g(grid)
    ax.plot(grid, curve, "r-")
    ax.scatter(X, y)
    return ax
