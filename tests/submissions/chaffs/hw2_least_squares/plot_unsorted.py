"""The curve joins the points in the order of the data."""
# loses: d
# says: left to right

import matplotlib.pyplot as plt
import numpy as np


def regression_plot(f, X, y, beta):
    _, axes = plt.subplots()
    axes.scatter(X, y)
    axes.plot(X, sum(b * basis(X) for b, basis in zip(beta, f)), color="red")
    return axes
