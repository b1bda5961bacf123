"""Every call draws on the same current Axes."""
# loses: d
# says: fresh figure

import matplotlib.pyplot as plt
import numpy as np


def regression_plot(f, X, y, beta):
    axes = plt.gca()
    axes.scatter(X, y)
    x = np.sort(X)
    axes.plot(x, sum(b * basis(x) for b, basis in zip(beta, f)), color="red")
    return axes
