"""The scatter has y across and x up."""
# loses: d
# says: swapped

import matplotlib.pyplot as plt
import numpy as np


def regression_plot(f, X, y, beta):
    _, axes = plt.subplots()
    axes.scatter(y, X)
    x = np.sort(X)
    axes.plot(x, sum(b * basis(x) for b, basis in zip(beta, f)), color="red")
    return axes
