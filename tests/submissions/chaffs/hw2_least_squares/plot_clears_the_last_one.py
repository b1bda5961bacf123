"""Every call clears the same current Axes and draws on them, so the plot before is lost."""
# loses: d
# says: changed by the second

import matplotlib.pyplot as plt
import numpy as np


def regression_plot(f, X, y, beta):
    axes = plt.gca()
    axes.clear()
    axes.scatter(X, y)
    x = np.sort(X)
    axes.plot(x, sum(b * basis(x) for b, basis in zip(beta, f)), color="red")
    return axes
