"""plt.show() is called inside the function."""
# loses: d
# says: plt.show()

import matplotlib.pyplot as plt
import numpy as np


def regression_plot(f, X, y, beta):
    _, axes = plt.subplots()
    axes.scatter(X, y)
    x = np.sort(X)
    axes.plot(x, sum(b * basis(x) for b, basis in zip(beta, f)), color="red")
    plt.show()
    return axes
