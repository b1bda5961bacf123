"""The plot is drawn, and a bare return gives None."""
# loses: d
# says: must return the matplotlib axes

import matplotlib.pyplot as plt
import numpy as np


def regression_plot(f, X, y, beta):
    plt.figure()
    plt.scatter(X, y)
    x = np.sort(X)
    plt.plot(x, sum(b * basis(x) for b, basis in zip(beta, f)), color="red")
    return
